// How the engine fares, at a glance: rate, latency, lag, queue.
import { Alert, Card, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import { Problem, type Schemas } from '../api/client';
import { byLabel, meanBetween, metricsOf, rate, total, type Metrics } from '../lib/metrics';
import { Icon } from '../parts/icon';
import { Facts, Loaded, Page, Section, Status } from '../parts/parts';
import { plainFormat } from '../parts/wallet-context';
import { t } from '../texts';

const EVERY_SECONDS = 2;
const OUTCOMES = ['charged', 'recorded', 'refused', 'duplicate', 'conflict', 'invalid', 'unavailable'];

const inOrder = ([one]: [string, number], [other]: [string, number]) => OUTCOMES.indexOf(one) - OUTCOMES.indexOf(other);

interface Reading {
  at: number;
  metrics: Metrics;
}

export function EnginePage() {
  const before = useRef<Reading | null>(null);
  const format = plainFormat();
  const health = useQuery({
    queryKey: ['readyz'],
    refetchInterval: EVERY_SECONDS * 1000,
    queryFn: async (): Promise<Schemas['Readiness']> => (await fetch('/readyz')).json(),
  });
  const found = useQuery({
    queryKey: ['metrics'],
    refetchInterval: EVERY_SECONDS * 1000,
    structuralSharing: false,
    queryFn: async () => {
      const response = await fetch('/metrics');
      if (!response.ok) throw await Problem.of(response);
      const reading: Reading = { at: performance.now(), metrics: metricsOf(await response.text()) };
      const last = before.current;
      before.current = reading;
      return { reading, last };
    },
  });
  return (
    <Page title={t.engine.title} actions={health.data && <Status status={health.data.ready ? 'active' : 'failed'} text={health.data.ready ? t.engine.ready : t.engine.notReady} />}>
      {health.data?.reasons.map((reason) => (
        <Alert key={reason} color="red" variant="light" icon={<Icon name="alert" />} styles={{ message: { color: 'var(--mantine-color-text)' } }}>{reason}</Alert>
      ))}
      {health.data?.warnings.map((warning) => (
        <Alert key={warning} color="orange" variant="light" icon={<Icon name="alert" />} styles={{ message: { color: 'var(--mantine-color-text)' } }}>{warning}</Alert>
      ))}
      <Loaded query={found}>
        {({ reading: { at, metrics }, last }) => {
          const seconds = last ? (at - last.at) / 1000 : 0;
          const perSecond = (name: string) => rate(last?.metrics ?? null, metrics, name, seconds);
          const commit = meanBetween(last?.metrics ?? null, metrics, 'farebox_commit_duration_seconds');
          const millis = commit === null ? '–' : t.engine.millis(format.number(Math.round(commit * 100_000) / 100));
          const events = perSecond('farebox_events_total');
          const figures: [string, string][] = [
            [t.engine.rate, events === null ? '…' : t.engine.perSecond(format.number(Math.round(events)))],
            [t.engine.commit, millis],
            [t.engine.behind, t.engine.rowsBehind(format.number(total(metrics, 'farebox_views_behind_rows')))],
            [t.engine.queue, t.engine.events(format.number(total(metrics, 'farebox_events_in_flight')))],
            [t.engine.wallets, format.number(total(metrics, 'farebox_wallets'))],
            [t.engine.quarantined, format.number(total(metrics, 'farebox_wallets_quarantined'))],
            [t.engine.turnedAway, format.number(total(metrics, 'farebox_requests_turned_away_total'))],
          ];
          return (
            <Stack gap="lg">
              <SimpleGrid cols={{ base: 2, sm: 3, md: 4 }} spacing="sm">
                {figures.map(([name, value]) => (
                  <Card key={name} p="md">
                    <Text size="sm" c="dimmed">{name}</Text>
                    <Text size="xl" fw={600} className="figures wrap">{value}</Text>
                  </Card>
                ))}
              </SimpleGrid>
              <Section title={t.engine.outcomes} text={t.engine.since}>
                <Card><Facts facts={byLabel(metrics, 'farebox_events_total', 'outcome').sort(inOrder).map(([name, value]) => [name, format.number(value)])} /></Card>
              </Section>
              <Group><Text size="xs" c="dimmed">{t.engine.everySeconds(EVERY_SECONDS)}</Text></Group>
            </Stack>
          );
        }}
      </Loaded>
    </Page>
  );
}
