// Where the bars of a chart stand. Only drawing: what is added up in floating point here is read from no screen.

/** Round values from 0 up to at least the most there is, about `count` of them. */
export function ticksOf(most: number, count = 4): number[] {
  if (!(most > 0)) return [0, 1];
  const rough = most / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((one) => one >= rough * 0.999) ?? 10 * power;
  const ticks = [0];
  while (ticks.at(-1)! < most * 0.999999) ticks.push(Number((step * ticks.length).toPrecision(12)));
  return ticks;
}

/** Every so-manieth label, so that they do not touch. */
export function everyNth(bars: number, width: number, labelWidth: number): number {
  return Math.max(1, Math.ceil((bars * labelWidth) / Math.max(width, 1)));
}

export interface Segment {
  series: number;
  bottom: number;
  top: number;
}

/** The parts of one bar: what is above zero is stacked upwards, what was given back downwards. */
export function stackOf(values: number[]): Segment[] {
  let [up, down] = [0, 0];
  return values.flatMap((value, series) => {
    if (value === 0) return [];
    const bottom = value > 0 ? up : down + value;
    const top = value > 0 ? up + value : down;
    if (value > 0) up = top;
    else down = bottom;
    return [{ series, bottom, top }];
  });
}
