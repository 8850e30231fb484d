// The few figures of the engine that a glance needs, out of its text for Prometheus.

export type Metrics = Map<string, number>;

/** Each series by its name with its labels, as it stands in the text. */
export function metricsOf(text: string): Metrics {
  const found: Metrics = new Map();
  for (const line of text.split('\n')) {
    const match = /^([a-z_]+(?:\{[^}]*\})?) (\S+)$/.exec(line);
    if (match) found.set(match[1]!, Number(match[2]));
  }
  return found;
}

/** The sum of all series of a name, whatever their labels. */
export function total(metrics: Metrics, name: string): number {
  let sum = 0;
  for (const [series, value] of metrics) if (series === name || series.startsWith(`${name}{`)) sum += value;
  return sum;
}

/** The sums of the series of a name by one of their labels. */
export function byLabel(metrics: Metrics, name: string, label: string): [string, number][] {
  const sums = new Map<string, number>();
  const value = new RegExp(`[{,]${label}="([^"]*)"`);
  for (const [series, count] of metrics) {
    const found = series.startsWith(`${name}{`) && value.exec(series)?.[1];
    if (found) sums.set(found, (sums.get(found) ?? 0) + count);
  }
  return [...sums];
}

/** What happened in between, for each second; null before there are two readings. */
export function rate(before: Metrics | null, after: Metrics, name: string, seconds: number): number | null {
  if (!before || seconds <= 0) return null;
  return Math.max(0, total(after, name) - total(before, name)) / seconds;
}

/** The mean of what a histogram has seen since the last reading, before there is one since the start; null where it has seen nothing. */
export function meanBetween(before: Metrics | null, after: Metrics, name: string): number | null {
  const grown = (part: string) => total(after, `${name}_${part}`) - (before ? total(before, `${name}_${part}`) : 0);
  const count = grown('count');
  return count > 0 ? grown('sum') / count : null;
}
