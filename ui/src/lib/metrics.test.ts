import { expect, it } from 'vitest';
import { byLabel, metricsOf, rate, total } from './metrics';

it('reads figures, sums and rates', () => {
  const text = '# HELP x y\nfarebox_events_total{outcome="charged",kind="sms"} 9\nfarebox_events_total{outcome="charged",kind="mms"} 1\nfarebox_events_total{outcome="refused",kind="sms"} 2\nfarebox_ready 1\n';
  const [before, after] = [metricsOf(text), metricsOf(text.replace('} 9', '} 29'))];
  expect(total(after, 'farebox_events_total')).toBe(32);
  expect(byLabel(before, 'farebox_events_total', 'outcome')).toEqual([['charged', 10], ['refused', 2]]);
  expect(rate(before, after, 'farebox_events_total', 4)).toBe(5);
  expect(rate(null, after, 'farebox_events_total', 4)).toBeNull();
  expect(total(after, 'farebox_ready')).toBe(1);
});
