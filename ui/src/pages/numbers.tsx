// Numbers: what the wallet rents, what it costs, and what is going to happen to it.
import { Button, Card, Group, Select, Stack, Switch, Table, Text, TextInput, Anchor } from '@mantine/core';
import { useDebouncedValue, useDisclosure } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { api, body, idempotencyKey, Problem } from '../api/client';
import { numberQuote, numbers, refresh, type PhoneNumber } from '../api/queries';
import { Icon } from '../parts/icon';
import { Confirm, Dialog, OrderForm, useOrder } from '../parts/order';
import { Amount, Empty, Facts, Listing, Loaded, Page, Status, tellDone } from '../parts/parts';
import { useWallet } from '../parts/wallet-context';
import { t } from '../texts';

const ROWS = 100;
/** What may be a number or a short code already. */
const DIGITS = /^\+?\d{4,15}$/;
const SEARCH_FROM = 10;

export function NumbersPage() {
  const { id, may } = useWallet();
  const found = useQuery(numbers(id));
  const [released, setReleased] = useState(false);
  const [search, setSearch] = useState('');
  const [shown, setShown] = useState(ROWS);
  const [buying, buy] = useDisclosure();
  return (
    <Page
      title={t.numbers.title}
      actions={may('manage_numbers') && <Button leftSection={<Icon name="plus" />} onClick={buy.open}>{t.numbers.buy}</Button>}
    >
      <Loaded query={found}>
        {(all) => {
          const wanted = all.filter((number) => (released || number.status !== 'released') && number.number.includes(search.trim()));
          return (
            <Stack>
              <Group justify="space-between" align="flex-end">
                {all.length >= SEARCH_FROM && (
                  <TextInput label={t.numbers.search} value={search} onChange={(event) => setSearch(event.currentTarget.value)} leftSection={<Icon name="search" />} />
                )}
                {all.some((number) => number.status === 'released') && (
                  <Switch label={t.numbers.showReleased} checked={released} onChange={(event) => setReleased(event.currentTarget.checked)} />
                )}
              </Group>
              {wanted.length === 0 ? (
                <Card p={0}><Empty>{t.numbers.empty}</Empty></Card>
              ) : (
                <Card p={0}>
                  <Listing minWidth={760} label={t.numbers.title} columns={[t.numbers.number, t.numbers.status, t.numbers.can, { right: t.numbers.fee }, t.numbers.due, { right: t.numbers.arrears }]}>
                    {wanted.slice(0, shown).map((number) => <Row key={number.number + number.bought_at} number={number} />)}
                  </Listing>
                </Card>
              )}
              {wanted.length > shown && <Group justify="center"><Button variant="default" onClick={() => setShown(shown + ROWS)}>{t.more}</Button></Group>}
            </Stack>
          );
        }}
      </Loaded>
      <Dialog opened={buying} close={buy.close} title={t.numbers.buy}>
        <Buy close={buy.close} />
      </Dialog>
    </Page>
  );
}

function whatBecomes(number: PhoneNumber, date: (instant: string) => string): string | null {
  if (number.released_at) {
    const reason = number.release_reason && t.numbers.releaseReason[number.release_reason];
    return [t.numbers.releasedAt(date(number.released_at)), reason].filter(Boolean).join(': ');
  }
  if (number.release_at) return t.numbers.releaseAt(date(number.release_at));
  return null;
}

function Row({ number }: { number: PhoneNumber }) {
  const { id, format } = useWallet();
  const becomes = whatBecomes(number, format.date);
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor component={Link} href={`/wallets/${encodeURIComponent(id)}/numbers/${encodeURIComponent(number.number)}`} fw={500} size="sm" className="figures">
          {number.number}
        </Anchor>
        <Text size="xs" c="dimmed">{t.numbers.types[number.type] ?? number.type}</Text>
      </Table.Td>
      <Table.Td>
        <Status status={number.status} text={t.status[number.status] ?? number.status} />
        {becomes && <Text size="xs" c="dimmed" mt={4}>{becomes}</Text>}
      </Table.Td>
      <Table.Td><Text size="sm">{t.numbers.capabilitiesShort}</Text></Table.Td>
      <Table.Td ta="right"><Amount amount={number.monthly_fee} /></Table.Td>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>{number.next_due_at ? format.date(number.next_due_at) : '–'}</Table.Td>
      <Table.Td ta="right">
        {number.arrears.length > 0 ? (
          <>
            <Amount amount={number.arrears_total} />
            <Text size="xs" c="dimmed">{t.numbers.months(number.arrears.length)}</Text>
          </>
        ) : (
          '–'
        )}
      </Table.Td>
    </Table.Tr>
  );
}

/** A number as the channel that it is, from which its wallet is managed. */
export function NumberPage({ number: wanted }: { number: string }) {
  const { id, format, may } = useWallet();
  const client = useQueryClient();
  const found = useQuery(numbers(id));
  const [leaving, leave] = useDisclosure();
  const release = async () => {
    await api.DELETE('/v1/wallets/{wallet}/numbers/{number}', { params: { path: { wallet: id, number: wanted } } });
    await refresh(client, id);
    tellDone(t.numbers.released(wanted));
  };
  const base = `/wallets/${encodeURIComponent(id)}`;
  return (
    <Loaded query={found}>
      {(all) => {
        const number = all.findLast((one) => one.number === wanted);
        if (!number) return <Page title={wanted}><Empty>{t.notFound}</Empty></Page>;
        const becomes = whatBecomes(number, format.date);
        const facts: [string, React.ReactNode][] = [
          [t.numbers.type, t.numbers.types[number.type] ?? number.type],
          [t.numbers.can, t.numbers.capabilities],
          [t.numbers.fee, <Amount key="fee" amount={number.monthly_fee} />],
          [t.numbers.boughtOn, format.dateTime(number.bought_at)],
        ];
        if (number.next_due_at) facts.push([t.numbers.due, format.dateTime(number.next_due_at)]);
        number.arrears.forEach((arrear) =>
          facts.push([t.numbers.arrears, <span key={arrear.cycle}><Amount amount={arrear.amount} /> {t.numbers.dueOn(format.date(arrear.due_at))}</span>]),
        );
        if (becomes) facts.push([t.numbers.release, becomes]);
        return (
          <Page
            title={number.number}
            actions={
              <>
                {may('manage_numbers') && number.status !== 'released' && (
                  <Button variant="default" onClick={leave.open}>{t.numbers.release}</Button>
                )}
                <Button component={Link} href={base} leftSection={<Icon name="wallet" />}>{t.numbers.manageWallet}</Button>
              </>
            }
          >
            <Card>
              <Stack>
                <Group gap="xs">
                  <Text size="sm" c="dimmed">{t.numbers.channel}</Text>
                  <Status status={number.status} text={t.status[number.status] ?? number.status} />
                </Group>
                <FactList facts={facts} />
              </Stack>
            </Card>
            <Group>
              <Anchor component={Link} size="sm" href={`${base}/usage?channel=${encodeURIComponent(number.number)}`}>{t.nav.usage}</Anchor>
              <Anchor component={Link} size="sm" href={`${base}/numbers`}>{t.numbers.title}</Anchor>
            </Group>
            <Confirm opened={leaving} close={leave.close} run={release} danger title={t.numbers.releaseTitle(number.number)} text={t.numbers.releaseText} action={t.numbers.release} />
          </Page>
        );
      }}
    </Loaded>
  );
}

/** Names may repeat here: several fees may be unpaid. */
function FactList({ facts }: { facts: [string, React.ReactNode][] }) {
  const merged = new Map<string, React.ReactNode[]>();
  facts.forEach(([name, value]) => merged.set(name, [...(merged.get(name) ?? []), value]));
  return (
    <Facts
      facts={[...merged].map(([name, values]) => [name, <Stack key={name} gap={2}>{values.map((value, at) => <span key={at}>{value}</span>)}</Stack>])}
    />
  );
}

function Buy({ close }: { close: () => void }) {
  const { id, format } = useWallet();
  const client = useQueryClient();
  const [number, setNumber] = useState('');
  const [type, setType] = useState<string | null>(null);
  const plain = number.replace(/[\s().-]/g, '');
  // Not while it is being typed.
  const [settled] = useDebouncedValue(plain, 300);
  const quote = useQuery({ ...numberQuote(id, settled, type), enabled: settled === plain && DIGITS.test(plain) });
  const told = settled === plain && DIGITS.test(plain) ? quote.data : undefined;
  const order = useOrder(['number', 'type'], async () => {
    const bought = await body(
      api.POST('/v1/wallets/{wallet}/numbers', {
        params: { path: { wallet: id }, header: { 'Idempotency-Key': idempotencyKey() } },
        body: { number: plain, type: type ?? undefined },
      }),
    );
    await refresh(client, id);
    tellDone(t.numbers.bought(bought.number));
    close();
  });
  return (
    <OrderForm order={order} close={close} action={t.numbers.buy} disabled={!plain || told?.covered === false}>
      <Text size="sm" c="dimmed">{t.numbers.buyText}</Text>
      <TextInput label={t.numbers.number} description={t.numbers.numberHint} value={number} onChange={(event) => setNumber(event.currentTarget.value)}
        error={order.wrong('number')} inputMode="tel" required data-autofocus />
      <Select label={t.numbers.type} value={type ?? ''} allowDeselect={false} onChange={(value) => setType(value || null)} error={order.wrong('type')}
        data={[{ value: '', label: t.numbers.typeAuto }, ...Object.entries(t.numbers.types).map(([value, label]) => ({ value, label }))]} />
      <div aria-live="polite">
        {told && <Text size="sm">{t.numbers.costs(format.money(told.monthly_fee), format.date(told.next_due_at))}</Text>}
        {told && !told.covered && <Text size="sm" c="red">{t.numbers.notCovered(format.money(told.available))}</Text>}
        {!told && quote.error instanceof Problem && quote.error.code === 'no_rate' && <Text size="sm" c="red">{t.numbers.noRate}</Text>}
      </div>
    </OrderForm>
  );
}
