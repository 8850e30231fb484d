// Activity: entries with their explanations, top-ups with receipts, statements by month.
import { Anchor, Box, Button, Card, Center, Group, Modal, Select, Stack, Table, Tabs, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { api, body } from '../api/client';
import { statements, topUps, type TopUp } from '../api/queries';
import { isZero } from '../lib/decimal';
import { EntryRows } from '../parts/entries';
import { Icon } from '../parts/icon';
import { Amount, Empty, Facts, Listing, Loaded, Page, Status, Trouble, Waiting } from '../parts/parts';
import { useWallet } from '../parts/wallet-context';
import { t } from '../texts';

const PAGE = 50;
const TABS = ['entries', 'top-ups', 'statements'];

export function ActivityPage({ tab = 'entries' }: { tab?: string }) {
  const { id } = useWallet();
  const [, go] = useLocation();
  const shown = TABS.includes(tab) ? tab : 'entries';
  const base = `/wallets/${encodeURIComponent(id)}/activity`;
  return (
    <Page title={t.activity.title}>
      <Tabs value={shown} onChange={(to) => go(to === 'entries' ? base : `${base}/${to}`)} keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="entries">{t.activity.entries}</Tabs.Tab>
          <Tabs.Tab value="top-ups">{t.activity.topUps}</Tabs.Tab>
          <Tabs.Tab value="statements">{t.activity.statements}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="entries"><Entries /></Tabs.Panel>
        <Tabs.Panel value="top-ups"><TopUps /></Tabs.Panel>
        <Tabs.Panel value="statements"><Statements /></Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function Entries() {
  const { id } = useWallet();
  const [text, setText] = useState('');
  const [type, setType] = useState<string | null>(null);
  const [search] = useDebouncedValue(text.trim(), 300);
  const found = useInfiniteQuery({
    queryKey: ['of', id, 'entries', 'all', search, type],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      body(
        api.GET('/v1/wallets/{wallet}/entries', {
          params: {
            path: { wallet: id },
            query: { order: 'newest', limit: PAGE, cursor: pageParam, search: search || undefined, type: type ?? undefined },
          },
        }),
      ),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  const entries = found.data?.pages.flatMap((page) => page.data) ?? [];
  const looking = search !== '' || type !== null;
  return (
    <Stack>
      <Group gap="sm" align="flex-end">
        <TextInput
          flex={1}
          miw={200}
          label={t.activity.search}
          placeholder={t.activity.searchHint}
          leftSection={<Icon name="search" />}
          value={text}
          maxLength={100}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Select
          label={t.activity.type}
          value={type ?? ''}
          allowDeselect={false}
          onChange={(value) => setType(value || null)}
          data={[{ value: '', label: t.activity.allTypes }, ...Object.entries(t.activity.types).map(([value, label]) => ({ value, label }))]}
        />
      </Group>
      <Card p={0}>
        {found.isPending ? (
          <Waiting />
        ) : found.isError && entries.length === 0 ? (
          <Trouble error={found.error} again={() => void found.refetch()} />
        ) : entries.length === 0 && !found.hasNextPage ? (
          <Empty>{looking ? t.activity.nothingFound : t.activity.empty}</Empty>
        ) : (
          <EntryRows entries={entries} />
        )}
      </Card>
      {found.hasNextPage && (
        <Center>
          <Button variant="default" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
            {looking ? t.activity.searchOn : t.more}
          </Button>
        </Center>
      )}
    </Stack>
  );
}

function TopUps() {
  const { id, format } = useWallet();
  const found = useQuery(topUps(id));
  const [receipt, setReceipt] = useState<TopUp | null>(null);
  const [shown, setShown] = useState(PAGE);
  return (
    <Loaded query={found}>
      {(all) => {
        const newest = all.toReversed();
        if (newest.length === 0) return <Card p={0}><Empty>{t.activity.noTopUps}</Empty></Card>;
        return (
          <Stack>
            <Card p={0}>
              <Listing minWidth={560} label={t.activity.topUps} columns={[t.activity.opened, t.activity.type, t.activity.status, { right: t.activity.amount }, { right: t.activity.receipt }]}>
                {newest.slice(0, shown).map((top_up) => (
                  <Table.Tr key={top_up.top_up}>
                    <Table.Td style={{ whiteSpace: 'nowrap' }}>{format.dateTime(top_up.opened_at)}</Table.Td>
                    <Table.Td>{t.attempt.kind[top_up.kind] ?? top_up.kind}</Table.Td>
                    <Table.Td>
                      <Group gap="xs">
                        <Status status={top_up.status} text={t.attempt.status[top_up.status] ?? top_up.status} />
                        {top_up.code && <Text size="xs" c="dimmed">{t.attempt.codes[top_up.code] ?? top_up.code}</Text>}
                        {top_up.status === 'open' && top_up.checkout_url && <Anchor href={top_up.checkout_url} size="sm">{t.topUp.payNow}</Anchor>}
                      </Group>
                    </Table.Td>
                    <Table.Td ta="right"><Amount amount={top_up.amount} /></Table.Td>
                    <Table.Td ta="right">
                      {!isZero(top_up.credited) && (
                        <Button size="compact-sm" variant="subtle" onClick={() => setReceipt(top_up)} aria-label={t.activity.receiptOf(top_up.top_up)}>{t.activity.receipt}</Button>
                      )}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Listing>
            </Card>
            {newest.length > shown && <Center><Button variant="default" onClick={() => setShown(shown + PAGE)}>{t.more}</Button></Center>}
            <Modal opened={receipt !== null} onClose={() => setReceipt(null)} title={<Text fw={600}>{receipt && t.activity.receiptOf(receipt.top_up)}</Text>} closeButtonProps={{ 'aria-label': t.close, className: 'no-print' }}>
              {receipt && <Receipt top_up={receipt} />}
            </Modal>
          </Stack>
        );
      }}
    </Loaded>
  );
}

function Receipt({ top_up }: { top_up: TopUp }) {
  const { wallet, format } = useWallet();
  const facts: [string, React.ReactNode][] = [
    [t.activity.workspace, wallet.name ? `${wallet.name} (${wallet.wallet})` : wallet.wallet],
    [t.activity.type, t.attempt.kind[top_up.kind] ?? top_up.kind],
    [t.activity.paid, <Amount key="paid" amount={top_up.amount} />],
    [t.activity.credited, <Amount key="credited" amount={top_up.credited} />],
  ];
  if (!isZero(top_up.refunded)) facts.push([t.activity.refunded, <Amount key="refunded" amount={top_up.refunded} />]);
  if (!isZero(top_up.disputed)) facts.push([t.activity.disputed, <Amount key="disputed" amount={top_up.disputed} />]);
  facts.push([t.activity.when, format.dateTime(top_up.closed_at ?? top_up.opened_at)]);
  if (top_up.seq) facts.push([t.activity.entries, format.number(top_up.seq)]);
  return (
    <Stack>
      <Facts facts={facts} />
      <Box className="no-print"><Button variant="default" onClick={() => window.print()}>{t.print}</Button></Box>
    </Stack>
  );
}

function Statements() {
  const { id, format } = useWallet();
  const found = useQuery(statements(id));
  return (
    <Loaded query={found}>
      {(all) =>
        all.length === 0 ? (
          <Card p={0}><Empty>{t.activity.noStatements}</Empty></Card>
        ) : (
          <Card p={0}>
            <Listing minWidth={480} label={t.activity.statements} columns={[t.activity.month, { right: t.activity.opening }, { right: t.activity.closing }, { right: t.activity.open }]}>
              {[...all].sort((one, other) => other.month.localeCompare(one.month)).map((statement) => (
                <Table.Tr key={statement.month}>
                  <Table.Td>
                    {format.month(statement.month)} {!statement.complete && <Text span size="xs" c="dimmed">({t.activity.incomplete})</Text>}
                  </Table.Td>
                  <Table.Td ta="right"><Amount amount={statement.opening_balance} /></Table.Td>
                  <Table.Td ta="right"><Amount amount={statement.closing_balance} /></Table.Td>
                  <Table.Td ta="right">
                    <Anchor
                      size="sm"
                      href={`/v1/wallets/${encodeURIComponent(id)}/statements/${statement.month}?format=html`}
                      target="_blank"
                      rel="noopener"
                      aria-label={t.activity.openStatement(format.month(statement.month))}
                    >
                      {t.activity.open}
                    </Anchor>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Listing>
          </Card>
        )
      }
    </Loaded>
  );
}
