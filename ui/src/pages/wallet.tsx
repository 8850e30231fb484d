// The wallet: what is there, what it means, and what to do.
import { Anchor, Box, Button, Card, Grid, Group, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { autoTopUp, entries, numbers, pace, usage } from '../api/queries';
import { now } from '../lib/clock';
import { dayIn, eachDay, plusDays } from '../lib/days';
import { isZero, sum } from '../lib/decimal';
import { EntryRows } from '../parts/entries';
import { Icon } from '../parts/icon';
import { Empty, Loaded, Notice, Page, Section, Spark, Status } from '../parts/parts';
import { useWallet } from '../parts/wallet-context';
import { t } from '../texts';
import { Adjust } from './adjust';
import { TopUpDialog, type TopUpTab } from './top-up';
import { useState } from 'react';
import { useCheckoutResult } from './checkout-result';

const SPARK_DAYS = 30;
const DAY_MILLIS = 86_400_000;
const LATEST = 6;

export function WalletPage() {
  const { id, wallet, may } = useWallet();
  const [tab, setTab] = useState<TopUpTab>('manual');
  const [opened, dialog] = useDisclosure();
  const open = (which: TopUpTab) => {
    setTab(which);
    dialog.open();
  };
  const waiting = useCheckoutResult();
  return (
    <Page
      title={t.wallet.title}
      actions={
        <>
          {may('adjust') && <Adjust />}
          {may('top_up') && <Button leftSection={<Icon name="plus" />} onClick={() => open('manual')}>{t.wallet.topUp}</Button>}
        </>
      }
    >
      {waiting}
      <Notices topUp={may('top_up') ? () => open('manual') : undefined} />
      <Grid>
        <Grid.Col span={{ base: 12, md: 7 }}><Balance /></Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Stack h="100%">
            <Spending />
            <Auto manage={() => open('auto')} />
          </Stack>
        </Grid.Col>
      </Grid>
      <Section
        title={t.wallet.lastEntries}
        actions={<Anchor component={Link} href={`/wallets/${encodeURIComponent(wallet.wallet)}/activity`} size="sm">{t.wallet.seeAll}</Anchor>}
      >
        <Latest />
      </Section>
      <TopUpDialog key={id} opened={opened} tab={tab} setTab={setTab} close={dialog.close} />
    </Page>
  );
}

function Balance() {
  const { id, wallet, format, connection } = useWallet();
  const found = useQuery(pace(id));
  const states = { live: t.wallet.live, connecting: t.wallet.connecting, lost: t.wallet.asOf(format.dateTime(wallet.as_of)) };
  return (
    <Card h="100%">
      <Stack justify="space-between" h="100%" gap="lg">
        <Box>
          <Group justify="space-between" gap="xs">
            <Text size="sm" c="dimmed">{t.wallet.balance}</Text>
            <Group gap={6} role="status">
              <span className="live" data-state={connection} />
              <Text size="xs" c="dimmed">{states[connection]}</Text>
            </Group>
          </Group>
          <Group gap="sm" align="center" mt={4}>
            <Text className="balance figures" component="p" m={0} title={format.exact(wallet.balance)} data-testid="balance">
              {format.money(wallet.balance)}
            </Text>
            <Status status={wallet.status} text={t.status[wallet.status] ?? wallet.status} />
          </Group>
        </Box>
        <Group gap="xl" align="flex-start">
          <Figure name={t.wallet.available} hint={t.wallet.availableHint} amount={wallet.available} />
          <Figure name={t.wallet.held} hint={t.wallet.heldHint} amount={wallet.held} />
          {!isZero(wallet.arrears) && <Figure name={t.wallet.arrears} hint={t.wallet.arrearsHint} amount={wallet.arrears} />}
          <Box miw={140}>
            <Text size="sm" c="dimmed">{t.wallet.lasts}</Text>
            {found.data ? (
              <>
                <Text fw={600}><Lasts until={found.data.lasts_until} /></Text>
                {!isZero(found.data.per_day) && (
                  <Text size="xs" c="dimmed">{t.wallet.perDay(format.money(found.data.per_day))}</Text>
                )}
              </>
            ) : (
              <Text fw={600}>…</Text>
            )}
          </Box>
        </Group>
        <Text size="xs" c="dimmed">{t.wallet.pays}</Text>
      </Stack>
    </Card>
  );
}

function Lasts({ until }: { until: string | null }) {
  const { format } = useWallet();
  if (!until) return <>{t.wallet.lastsNothing}</>;
  const days = Math.floor((Date.parse(until) - now().getTime()) / DAY_MILLIS);
  if (days > 365) return <>{t.wallet.lastsLong}</>;
  if (days < 1) return <>{t.wallet.lastsToday}</>;
  return <>{format.date(until)} <Text span size="sm" fw={400} c="dimmed">({t.wallet.lastsDays(days, format.number(days))})</Text></>;
}

function Figure({ name, hint, amount }: { name: string; hint: string; amount: string }) {
  const { format } = useWallet();
  return (
    <Box title={hint}>
      <Text size="sm" c="dimmed">{name}</Text>
      <Text fw={600} className="figures wrap" title={format.exact(amount)}>{format.money(amount)}</Text>
    </Box>
  );
}

function Spending() {
  const { id, format } = useWallet();
  const today = dayIn(now(), format.zone);
  const from = plusDays(today, 1 - SPARK_DAYS);
  const found = useQuery(usage(id, new URLSearchParams({ from, to: today })));
  return (
    <Card>
      <Text size="sm" c="dimmed">{t.wallet.spent}</Text>
      <Loaded query={found}>
        {(found) => {
          const totals = new Map(found.table.map((row) => [row.day ?? '', row.total]));
          const days = eachDay(from, today);
          return (
            <>
              <Text fw={600} size="xl" className="figures">{format.money(found.totals.total)}</Text>
              <Spark
                points={days.map((day) => ({ day, value: Math.max(0, Number(totals.get(day) ?? 0)) }))}
                label={t.wallet.spent}
                tell={(day) => t.wallet.spentBy(format.day(day), format.exact(totals.get(day) ?? '0'))}
              />
              <Group justify="space-between">
                <Text size="xs" c="dimmed">{format.shortDay(from)}</Text>
                <Text size="xs" c="dimmed">{format.shortDay(today)}</Text>
              </Group>
            </>
          );
        }}
      </Loaded>
    </Card>
  );
}

function Auto({ manage }: { manage: () => void }) {
  const { id, format } = useWallet();
  const found = useQuery(autoTopUp(id));
  return (
    <Card flex={1}>
      <Loaded query={found}>
        {(auto) => (
          <Stack gap="xs">
            <Group justify="space-between" gap="xs">
              <Group gap="xs">
                <Title order={2}>{t.wallet.auto}</Title>
                <Status status={auto.status} text={t.auto.status[auto.status] ?? auto.status} />
              </Group>
              <Button size="xs" variant="default" onClick={manage} aria-label={`${t.wallet.manageAuto}: ${t.wallet.auto}`}>{t.wallet.manageAuto}</Button>
            </Group>
            <Text size="sm">
              {auto.enabled ? t.auto.onText(format.money(auto.amount), format.money(auto.minimum_balance)) : t.auto.offText}
            </Text>
            {auto.reason && <Text size="sm" c="dimmed">{t.auto.reasons[auto.reason] ?? auto.reason}</Text>}
            {auto.status === 'no_method' && <Text size="sm" c="dimmed">{t.auto.noMethod}</Text>}
            {auto.retry_at && <Text size="sm" c="dimmed">{t.auto.retry(format.dateTime(auto.retry_at))}</Text>}
          </Stack>
        )}
      </Loaded>
    </Card>
  );
}

/** What has to be done, the gravest first. */
function Notices({ topUp }: { topUp?: () => void }) {
  const { id, wallet, format } = useWallet();
  const rented = useQuery(numbers(id));
  const late = (rented.data ?? []).filter((number) => number.status === 'past_due');
  const leaving = (rented.data ?? []).filter((number) => number.status === 'release_scheduled' && number.release_at);
  const base = `/wallets/${encodeURIComponent(wallet.wallet)}`;
  const seeNumbers = <Anchor component={Link} href={`${base}/numbers`} size="sm">{t.wallet.seeNumbers}</Anchor>;
  const latest = useQuery(entries(id, { limit: LATEST }));
  const fresh = latest.data?.data.length === 0;
  return (
    <>
      {wallet.status === 'suspended' && (
        <Notice color="red" title={t.wallet.suspendedTitle}>
          <Text size="sm">{fresh ? t.wallet.suspendedNew : t.wallet.suspendedText}</Text>
          {topUp ? <Button size="xs" onClick={topUp}>{t.wallet.topUp}</Button> : <Text size="sm">{t.wallet.suspendedViewer}</Text>}
        </Notice>
      )}
      {leaving.slice(0, 3).map((number) => (
        <Notice key={number.number} color="red" title={t.wallet.releaseTitle(number.number, format.date(number.release_at!))}>
          <Text size="sm">{t.wallet.releaseText(format.money(number.arrears_total))}</Text>
          {seeNumbers}
        </Notice>
      ))}
      {late.length > 0 && (
        <Notice color="orange" title={t.wallet.pastDueTitle(late.length)}>
          <Text size="sm">{t.wallet.pastDueText(format.money(sum(late.map((number) => number.arrears_total))))}</Text>
          {seeNumbers}
        </Notice>
      )}
    </>
  );
}

function Latest() {
  const { id } = useWallet();
  const found = useQuery(entries(id, { limit: LATEST }));
  return (
    <Card p={0}>
      <Loaded query={found}>
        {(page) => (page.data.length === 0 ? <Empty>{t.wallet.empty}</Empty> : <EntryRows entries={page.data} />)}
      </Loaded>
    </Card>
  );
}

