// The chart of usage, stacked by kind. Drawn here: a chart library would weigh more than all the rest of the page.
import { Box, Group, Paper, Text } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useId, useState, type KeyboardEvent, type PointerEvent } from 'react';
import type { Usage } from '../api/queries';
import { everyNth, stackOf, ticksOf } from '../lib/chart';
import { eachDay } from '../lib/days';
import { sum } from '../lib/decimal';
import type { Group as By } from '../lib/filters';
import { useWallet } from '../parts/wallet-context';
import { t } from '../texts';
import { nameOf } from './usage';

/** Bars that can be told apart; of more, the largest. */
const BARS_MAX = 40;
const HEIGHT = 280;
const PAD = { top: 8, right: 4, bottom: 26, left: 68 };
const LABEL_WIDTH_MIN = 64;
const LETTER_WIDTH = 7;
const BAR_MAX = 56;
const LETTERS_MAX = 14;

const SERIES = [
  { name: 'sms', label: t.usage.kinds.sms!, colour: 'light-dark(var(--mantine-color-ink-6), var(--mantine-color-ink-4))' },
  { name: 'mms', label: t.usage.kinds.mms!, colour: 'light-dark(var(--mantine-color-teal-5), var(--mantine-color-teal-6))' },
  { name: 'other', label: t.usage.otherCharges, colour: 'light-dark(var(--mantine-color-gray-5), var(--mantine-color-gray-6))' },
] as const;

interface Bar {
  name: string;
  short: string;
  /** As they are told: exact. */
  told: string[];
  drawn: number[];
}

function barsOf(usage: Usage, by: By, measure: 'cost' | 'units', format: ReturnType<typeof useWallet>['format']): Bar[] {
  const bars = new Map<string, Bar>();
  const empty = (name: string, short: string): Bar => ({ name, short, told: SERIES.map(() => '0'), drawn: SERIES.map(() => 0) });
  if (by === 'day') eachDay(usage.from, usage.to).forEach((day) => bars.set(day, empty(format.day(day), format.shortDay(day))));
  for (const row of usage.table) {
    const key = row[by] ?? '';
    const name = nameOf(row, by, format);
    const bar = bars.get(key) ?? empty(name, name.length > LETTERS_MAX ? `${name.slice(0, LETTERS_MAX - 1)}…` : name);
    const series = row.kind === 'sms' ? 0 : row.kind === 'mms' ? 1 : 2;
    bar.told[series] = sum([bar.told[series]!, measure === 'cost' ? row.total : String(row.units)]);
    bar.drawn[series] = Number(bar.told[series]);
    bars.set(key, bar);
  }
  return [...bars.values()];
}

export function UsageChart({ usage, by, measure }: { usage: Usage; by: By; measure: 'cost' | 'units' }) {
  const { format } = useWallet();
  const { ref, width } = useElementSize();
  const [chosen, choose] = useState<number | null>(null);
  const titleId = useId();
  const all = barsOf(usage, by, measure, format);
  const size = (bar: Bar) => bar.drawn.reduce((one, other) => one + other, 0);
  const ordered = by === 'day' || by === 'month';
  const bars = ordered ? all : all.sort((one, other) => size(other) - size(one)).slice(0, BARS_MAX);
  const value = (amount: string) => (measure === 'cost' ? format.exact(amount) : format.number(Number(amount)));

  const stacks = bars.map((bar) => stackOf(bar.drawn));
  const ends = stacks.flat();
  const ticks = ticksOf(Math.max(...ends.map((end) => end.top), 0));
  const lowest = Math.min(...ends.map((end) => end.bottom), 0);
  const below = lowest < 0 ? ticksOf(-lowest, 2).slice(1).map((tick) => -tick).reverse() : [];
  const [most, least] = [ticks.at(-1)!, below[0] ?? 0];
  const inner = { width: Math.max(width - PAD.left - PAD.right, 0), height: HEIGHT - PAD.top - PAD.bottom };
  const y = (at: number) => PAD.top + ((most - at) / (most - least)) * inner.height;
  const step = inner.width / Math.max(bars.length, 1);
  const barWidth = Math.max(Math.min(step * 0.72, BAR_MAX), 1);
  const longest = Math.max(...bars.map((bar) => bar.short.length), 0);
  const nth = everyNth(bars.length, inner.width, Math.max(LABEL_WIDTH_MIN, (longest + 2) * LETTER_WIDTH));
  const used = SERIES.map((series, at) => ({ ...series, at })).filter(({ at }) => bars.some((bar) => bar.drawn[at] !== 0));

  const point = (event: PointerEvent<SVGSVGElement>) => {
    const at = Math.floor((event.clientX - event.currentTarget.getBoundingClientRect().left - PAD.left) / step);
    choose(at >= 0 && at < bars.length ? at : null);
  };
  const press = (event: KeyboardEvent) => {
    const to = { ArrowLeft: (chosen ?? bars.length) - 1, ArrowRight: (chosen ?? -1) + 1, Home: 0, End: bars.length - 1 }[event.key];
    if (event.key === 'Escape') choose(null);
    if (to === undefined) return;
    event.preventDefault();
    choose(Math.min(Math.max(to, 0), bars.length - 1));
  };
  const bar = chosen === null ? undefined : bars[chosen];
  const left = chosen === null ? 0 : PAD.left + (chosen + 0.5) * step;
  return (
    <Box>
      <Group gap="md" mb={4}>
        {used.map((series) => (
          <Group key={series.name} gap={6}>
            <Box w={10} h={10} style={{ borderRadius: 2, background: series.colour }} />
            <Text size="xs">{series.label}</Text>
          </Group>
        ))}
      </Group>
      <Box ref={ref} pos="relative">
        <svg
          width="100%"
          height={HEIGHT}
          role="img"
          aria-labelledby={titleId}
          tabIndex={0}
          className="clickable"
          style={{ display: 'block', cursor: 'default' }}
          onPointerMove={point}
          onPointerLeave={() => choose(null)}
          onKeyDown={press}
          onBlur={() => choose(null)}
          data-testid="usage-chart"
        >
          <title id={titleId}>{t.usage.chartOf(t.usage.measures[measure], t.usage.groups[by].toLowerCase())}</title>
          {[...below, ...ticks].map((tick) => (
            <g key={tick}>
              <line x1={PAD.left} x2={PAD.left + inner.width} y1={y(tick)} y2={y(tick)} stroke="var(--mantine-color-default-border)" strokeDasharray={tick === 0 ? undefined : '2 4'} />
              <text x={PAD.left - 8} y={y(tick) + 4} textAnchor="end" fontSize={11} fill="var(--mantine-color-dimmed)">
                {measure === 'cost' ? format.exact(tick.toFixed(9)) : format.number(tick)}
              </text>
            </g>
          ))}
          {width > 0 && stacks.map((stack, at) => (
            <g key={at} opacity={chosen === null || chosen === at ? 1 : 0.55}>
              {stack.map(({ series, bottom, top }) => (
                <rect
                  key={series}
                  x={PAD.left + at * step + (step - barWidth) / 2}
                  y={y(top)}
                  width={barWidth}
                  height={Math.max(y(bottom) - y(top), 1)}
                  fill={SERIES[series]!.colour}
                />
              ))}
              {at % nth === 0 && (
                <text x={PAD.left + (at + 0.5) * step} y={HEIGHT - 6} textAnchor="middle" fontSize={11} fill="var(--mantine-color-dimmed)">{bars[at]!.short}</text>
              )}
            </g>
          ))}
        </svg>
        {bar && (
          <Paper
            withBorder
            shadow="sm"
            p="xs"
            pos="absolute"
            top={8}
            style={{ pointerEvents: 'none', left: left < width / 2 ? left + 12 : undefined, right: left < width / 2 ? undefined : width - left + 12, maxWidth: 240 }}
            role="status"
            data-testid="bar"
          >
            <Text size="xs" fw={600} className="wrap">{bar.name}</Text>
            {used.map(({ at, label, colour }) => (
              <Group key={at} gap={6} justify="space-between">
                <Group gap={6}>
                  <Box w={8} h={8} style={{ borderRadius: 2, background: colour }} />
                  <Text size="xs">{label}</Text>
                </Group>
                <Text size="xs" className="figures">{value(bar.told[at]!)}</Text>
              </Group>
            ))}
            <Group justify="space-between">
              <Text size="xs" fw={600}>{t.usage.total}</Text>
              <Text size="xs" fw={600} className="figures">{value(sum(bar.told))}</Text>
            </Group>
          </Paper>
        )}
      </Box>
      {all.length > bars.length && <Text size="xs" c="dimmed">{t.usage.rest(all.length - bars.length)}</Text>}
    </Box>
  );
}
