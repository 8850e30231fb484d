// All wallets, as the operator sees them.
import { Anchor, Button, Card, Group, SegmentedControl, Select, Stack, Table, Text, TextInput } from '@mantine/core';
import { useDebouncedValue, useDisclosure } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { api, body } from '../api/client';
import { pace, tariffs, wallets, type Session, type Wallet } from '../api/queries';
import { isZero } from '../lib/decimal';
import { formatOf } from '../lib/format';
import { Icon } from '../parts/icon';
import { Dialog, OrderForm, useOrder } from '../parts/order';
import { Empty, Listing, Loaded, Page, Status, tellDone } from '../parts/parts';
import { t } from '../texts';

const PAGE = 25;
const REFRESH_EVERY = 10_000;

export function WalletsPage({ session }: { session: Session }) {
  const [text, setText] = useState('');
  const [status, setStatus] = useState('');
  const [cursors, setCursors] = useState<string[]>([]);
  const [search] = useDebouncedValue(text.trim(), 300);
  const [opened, open] = useDisclosure();
  const cursor = cursors.at(-1);
  const found = useQuery({
    ...wallets({ search: search || undefined, status: status || undefined, cursor, limit: PAGE }),
    refetchInterval: REFRESH_EVERY,
  });
  const mayOpen = session.may.includes('open_wallet');
  return (
    <Page title={t.operator.wallets} actions={mayOpen && <Button variant="default" onClick={open.open}>{t.operator.open}</Button>}>
      <Group align="flex-end" gap="sm">
        <TextInput flex={1} miw={220} label={t.operator.search} leftSection={<Icon name="search" />} value={text} maxLength={100}
          onChange={(event) => { setText(event.currentTarget.value); setCursors([]); }} />
        <SegmentedControl value={status} onChange={(value) => { setStatus(value); setCursors([]); }} aria-label={t.operator.status}
          data={[{ value: '', label: t.all }, { value: 'active', label: t.status.active! }, { value: 'suspended', label: t.status.suspended! }]} />
      </Group>
      <Loaded query={found}>
        {(page) => (
          <Stack>
            <Card p={0}>
              {page.data.length === 0 && !page.next_cursor ? (
                <Empty>{t.operator.nothing}</Empty>
              ) : (
                <Listing minWidth={760} label={t.operator.wallets} highlightOnHover columns={[t.operator.wallet, t.operator.status, { right: t.operator.balance }, { right: t.operator.available }, { right: t.operator.pace }, t.operator.lasts, { right: t.operator.arrears }]}>
                  {page.data.map((wallet) => <Row key={wallet.wallet} wallet={wallet} />)}
                </Listing>
              )}
            </Card>
            {(cursors.length > 0 || page.next_cursor) && (
              <Group justify="space-between">
                <Button variant="default" disabled={cursors.length === 0} onClick={() => setCursors(cursors.slice(0, -1))}>{t.previous}</Button>
                <Button variant="default" disabled={!page.next_cursor} onClick={() => page.next_cursor && setCursors([...cursors, page.next_cursor])}>{t.next}</Button>
              </Group>
            )}
          </Stack>
        )}
      </Loaded>
      <Dialog opened={opened} close={open.close} title={t.operator.open}>
        <Open close={open.close} />
      </Dialog>
    </Page>
  );
}

function Row({ wallet }: { wallet: Wallet }) {
  const format = useMemo(() => formatOf(wallet.currency, wallet.time_zone), [wallet.currency, wallet.time_zone]);
  const found = useQuery({ ...pace(wallet.wallet), staleTime: 60_000 });
  const { per_day, lasts_until } = found.data ?? {};
  return (
    <Table.Tr>
      <Table.Td maw={280}>
        <Anchor component={Link} href={`/wallets/${encodeURIComponent(wallet.wallet)}`} size="sm" fw={500} className="wrap" lineClamp={2}>
          {wallet.name || wallet.wallet}
        </Anchor>
        {wallet.name && <Text size="xs" c="dimmed" className="wrap">{wallet.wallet}</Text>}
      </Table.Td>
      <Table.Td><Status status={wallet.status} text={t.status[wallet.status] ?? wallet.status} /></Table.Td>
      <Table.Td ta="right" className="figures" title={format.exact(wallet.balance)}>{format.money(wallet.balance)}</Table.Td>
      <Table.Td ta="right" className="figures" title={format.exact(wallet.available)}>{format.money(wallet.available)}</Table.Td>
      <Table.Td ta="right" className="figures">{per_day && !isZero(per_day) ? t.operator.perDay(format.money(per_day)) : '–'}</Table.Td>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>{lasts_until ? format.date(lasts_until) : '–'}</Table.Td>
      <Table.Td ta="right" className="figures">{isZero(wallet.arrears) ? '–' : format.money(wallet.arrears)}</Table.Td>
    </Table.Tr>
  );
}

function Open({ close }: { close: () => void }) {
  const client = useQueryClient();
  const [, go] = useLocation();
  const lists = useQuery(tariffs);
  const zones = useMemo(() => ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')], []);
  const [id, setId] = useState('');
  const [name, setName] = useState('');
  const [tariff, setTariff] = useState<string | null>('standard');
  const [zone, setZone] = useState<string | null>('UTC');
  const currency = lists.data?.find((one) => one.name === tariff)?.currency;
  const order = useOrder(['wallet', 'name', 'time_zone'], async () => {
    const wallet = await body(
      api.PUT('/v1/wallets/{wallet}', {
        params: { path: { wallet: id.trim() } },
        body: { name: name.trim(), tariff: tariff ?? undefined, time_zone: zone ?? undefined, currency },
      }),
    );
    void client.invalidateQueries({ queryKey: ['wallets'] });
    tellDone(t.operator.opened(wallet.wallet));
    go(`/wallets/${encodeURIComponent(wallet.wallet)}`);
  });
  return (
    <OrderForm order={order} close={close} action={t.operator.open} disabled={!/^[A-Za-z0-9._:-]{1,64}$/.test(id.trim())}>
      <Text size="sm" c="dimmed">{t.operator.openText}</Text>
      <TextInput label={t.operator.id} description={t.operator.idHint} value={id} onChange={(event) => setId(event.currentTarget.value)} error={order.wrong('wallet')} required data-autofocus />
      <TextInput label={t.operator.name} value={name} onChange={(event) => setName(event.currentTarget.value)} error={order.wrong('name')} />
      <Select label={t.operator.tariff} value={tariff} onChange={setTariff} allowDeselect={false} data={(lists.data ?? []).map((one) => ({ value: one.name, label: `${one.name} (${one.currency})` }))} />
      <Select label={t.operator.zone} value={zone} onChange={setZone} allowDeselect={false} searchable limit={100} data={zones} error={order.wrong('time_zone')} />
    </OrderForm>
  );
}
