import { expect, it } from 'vitest';
import { byLabel, meanBetween, metricsOf, rate, total } from './metrics';

it('reads figures, sums and rates', () => {
  const text = '# HELP x y\nfarebox_events_total{outcome="charged",kind="sms"} 9\nfarebox_events_total{outcome="charged",kind="mms"} 1\nfarebox_events_total{outcome="refused",kind="sms"} 2\nfarebox_ready 1\n';
  const [before, after] = [metricsOf(text), metricsOf(text.replace('} 9', '} 29'))];
  expect(total(after, 'farebox_events_total')).toBe(32);
  expect(byLabel(before, 'farebox_events_total', 'outcome')).toEqual([['charged', 10], ['refused', 2]]);
  expect(rate(before, after, 'farebox_events_total', 4)).toBe(5);
  expect(rate(null, after, 'farebox_events_total', 4)).toBeNull();
  expect(total(after, 'farebox_ready')).toBe(1);
});

it('means what has been seen since the last reading', () => {
  const at = (sum: number, count: number) => metricsOf(`waited_seconds_sum{stage="a"} ${sum}\nwaited_seconds_count{stage="a"} ${count}\n`);
  expect(meanBetween(null, at(3, 2), 'waited_seconds')).toBe(1.5);
  expect(meanBetween(at(3, 2), at(3.5, 4), 'waited_seconds')).toBe(0.25);
  expect(meanBetween(at(3, 2), at(3, 2), 'waited_seconds')).toBeNull();
});
