import { expect, it } from 'vitest';
import { byLabel, metricsOf, rate, total } from './metrics';

it('reads figures, sums and rates', () => {
  const text = '# HELP x y\nfarebox_events_total{outcome="charged"} 10\nfarebox_events_total{outcome="refused"} 2\nfarebox_ready 1\n';
  const [before, after] = [metricsOf(text), metricsOf(text.replace('} 10', '} 30'))];
  expect(total(after, 'farebox_events_total')).toBe(32);
  expect(byLabel(before, 'farebox_events_total')).toEqual([['charged', 10], ['refused', 2]]);
  expect(rate(before, after, 'farebox_events_total', 4)).toBe(5);
  expect(rate(null, after, 'farebox_events_total', 4)).toBeNull();
  expect(total(after, 'farebox_ready')).toBe(1);
});
