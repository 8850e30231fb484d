import { expect, it } from 'vitest';
import { everyNth, stackOf, ticksOf } from './chart';

it('has round ticks that reach over the most', () => {
  expect(ticksOf(0.93)).toEqual([0, 0.25, 0.5, 0.75, 1]);
  expect(ticksOf(1000)).toEqual([0, 250, 500, 750, 1000]);
  expect(ticksOf(7)).toEqual([0, 2, 4, 6, 8]);
  expect(ticksOf(0)).toEqual([0, 1]);
  for (const most of [0.000000001, 3, 1e9, 123456.789]) expect(ticksOf(most).at(-1)!).toBeGreaterThanOrEqual(most * 0.99999);
});

it('stacks what was given back below zero', () => {
  expect(stackOf([2, 0, 3, -1])).toEqual([
    { series: 0, bottom: 0, top: 2 },
    { series: 2, bottom: 2, top: 5 },
    { series: 3, bottom: -1, top: 0 },
  ]);
});

it('thins labels', () => {
  expect(everyNth(31, 700, 56)).toBe(3);
  expect(everyNth(3, 700, 56)).toBe(1);
});
