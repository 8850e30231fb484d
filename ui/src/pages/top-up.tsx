// Topping up: by hand on the payment provider's page, or by itself.
import { Alert, Box, Button, Collapse, Divider, Group, Loader, Modal, NumberInput, SimpleGrid, Stack, Switch, Tabs, Text, TextInput, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, body, idempotencyKey, Problem } from '../api/client';
import { autoTopUp, refresh, topUps } from '../api/queries';
import { isNegative, nanos, typed } from '../lib/decimal';
import { Loaded, messageOf, Status, tellDone, Trouble } from '../parts/parts';
import { useWallet } from '../parts/wallet-context';
import { t } from '../texts';
import { leaveFor } from './checkout-result';
import type { Schemas } from '../api/client';

export type TopUpTab = 'manual' | 'auto';

const AMOUNTS = [20, 50, 100, 250, 500, 1000];
const LAST_ATTEMPTS = 5;

export function TopUpDialog({ opened, tab, setTab, close }: { opened: boolean; tab: TopUpTab; setTab: (tab: TopUpTab) => void; close: () => void }) {
  const { may } = useWallet();
  return (
    <Modal opened={opened} onClose={close} title={<Text fw={600}>{t.topUp.title}</Text>} size="lg" closeButtonProps={{ 'aria-label': t.close }}>
      <Tabs value={tab} onChange={(value) => setTab(value === 'auto' ? 'auto' : 'manual')} keepMounted={false}>
        <Tabs.List grow mb="md">
          {may('top_up') && <Tabs.Tab value="manual">{t.topUp.manual}</Tabs.Tab>}
          <Tabs.Tab value="auto">{t.topUp.auto}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="manual"><Manual close={close} /></Tabs.Panel>
        <Tabs.Panel value="auto"><Auto close={close} /></Tabs.Panel>
      </Tabs>
    </Modal>
  );
}

/** What is wrong with an amount that is to be paid; null where nothing is. */
function fault(amount: string, min: number, max: number, money: (amount: string) => string): string | null {
  const found = nanos(typed(amount));
  if (found === null) return t.topUp.notAmount;
  const unit = 1_000_000_000n;
  const outside = found < BigInt(min) * unit || found > BigInt(max) * unit;
  return outside ? t.topUp.outside(money(String(min)), money(String(max))) : null;
}

function Manual({ close }: { close: () => void }) {
  const { id, wallet, format, session } = useWallet();
  const { top_up_min: min, top_up_max: max } = session;
  const offered = AMOUNTS.filter((amount) => amount >= min && amount <= max);
  const [amount, setAmount] = useState(String(offered[1] ?? offered[0] ?? min));
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  // One for each amount that is confirmed: pressed twice, it is one payment.
  const [key, setKey] = useState(idempotencyKey);
  const choose = (value: string) => {
    setAmount(value);
    setKey(idempotencyKey());
    setError(null);
  };
  const wrong = amount === '' ? null : fault(amount, min, max, format.money);
  const pay = async () => {
    setBusy(true);
    setError(null);
    try {
      const framed = window.self !== window.top;
      const return_url = `${location.origin}/wallets/${encodeURIComponent(wallet.wallet)}`;
      const top_up = await body(
        api.POST('/v1/wallets/{wallet}/top-ups', {
          params: { path: { wallet: id }, header: { 'Idempotency-Key': key } },
          body: { amount: typed(amount), return_url },
        }),
      );
      if (!top_up.checkout_url) throw new Problem(409, 'in_flight', t.topUp.noUrl);
      leaveFor(id, top_up.top_up);
      // Payment providers do not let their page be framed.
      if (framed) {
        window.open(top_up.checkout_url, '_blank', 'noopener');
        close();
      } else location.assign(top_up.checkout_url);
    } catch (failed) {
      setError(failed);
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => { event.preventDefault(); if (!wrong && amount) void pay(); }}>
      <Stack>
        <Box role="group" aria-label={t.topUp.amount}>
          <Text size="sm" fw={500} mb={6}>{t.topUp.amount}</Text>
          <SimpleGrid cols={3} spacing="xs">
            {offered.map((offer) => (
              <Choice key={offer} chosen={typed(amount) === String(offer)} text={format.money(String(offer)).replace(/([.,]00)(?=\D*$)/, '')} choose={() => choose(String(offer))} />
            ))}
          </SimpleGrid>
        </Box>
        <TextInput
          label={t.topUp.other}
          description={t.topUp.limits(format.money(String(min)), format.money(String(max)))}
          value={amount}
          onChange={(event) => choose(event.currentTarget.value)}
          error={wrong}
          inputMode="decimal"
          rightSection={<Text size="sm" c="dimmed" pr="sm">{format.currency}</Text>}
          rightSectionWidth={56}
          data-autofocus
        />
        <Text size="sm" c="dimmed">{t.topUp.manualText}</Text>
        {error !== null && <Trouble error={error} />}
        <Button type="submit" size="md" loading={busy} disabled={wrong !== null || !amount}>
          {t.topUp.toCheckout(wrong || !amount ? '' : format.money(typed(amount)))}
        </Button>
      </Stack>
    </form>
  );
}

function Choice({ chosen, text, choose }: { chosen: boolean; text: string; choose: () => void }) {
  return (
    <UnstyledButton
      onClick={choose}
      aria-pressed={chosen}
      ta="center"
      py="sm"
      className="figures"
      style={{
        borderRadius: 'var(--mantine-radius-md)',
        border: `1px solid ${chosen ? 'var(--mantine-primary-color-filled)' : 'var(--mantine-color-default-border)'}`,
        background: chosen ? 'var(--mantine-primary-color-light)' : 'var(--mantine-color-default)',
        fontWeight: 600,
      }}
    >
      {text}
    </UnstyledButton>
  );
}

function Auto({ close }: { close: () => void }) {
  const { id } = useWallet();
  const found = useQuery(autoTopUp(id));
  return <Loaded query={found}>{(auto) => <AutoForm auto={auto} close={close} />}</Loaded>;
}

function AutoForm({ auto, close }: { auto: Schemas['AutoTopUp']; close: () => void }) {
  const { id, format, session, may } = useWallet();
  const { top_up_min: min, top_up_max: max } = session;
  const client = useQueryClient();
  const was = (amount: string, otherwise: string) => (/[1-9]/.test(amount) ? amount : otherwise);
  const [enabled, setEnabled] = useState(auto.enabled);
  const [minimum, setMinimum] = useState(was(auto.minimum_balance, auto.enabled ? auto.minimum_balance : '20'));
  const [amount, setAmount] = useState(was(auto.amount, String(Math.min(Math.max(50, min), max))));
  const [perDay, setPerDay] = useState<number | string>(auto.limits.attempts_per_day ?? '');
  const [perMonth, setPerMonth] = useState<number | string>(auto.limits.attempts_per_month ?? '');
  const [amountPerDay, setAmountPerDay] = useState(auto.limits.amount_per_day ?? '');
  const [amountPerMonth, setAmountPerMonth] = useState(auto.limits.amount_per_month ?? '');
  const [limits, toggleLimits] = useDisclosure(perMonth !== '' || amountPerDay !== '' || amountPerMonth !== '');
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const mayChange = may('top_up');

  const minimumFault = nanos(typed(minimum)) === null || isNegative(typed(minimum)) ? t.topUp.notAmount : null;
  const amountFault = fault(amount, min, max, format.money);
  const limitFault = (limit: string) => {
    if (limit.trim() === '') return null;
    const [most, each] = [nanos(typed(limit)), nanos(typed(amount))];
    return most === null ? t.topUp.notAmount : each !== null && most < each ? t.topUp.belowAmount : null;
  };
  const faults = enabled ? [minimumFault, amountFault, limitFault(amountPerDay), limitFault(amountPerMonth)] : [];
  const field = error instanceof Problem ? error.field : undefined;
  const told = (name: string, own: string | null) => own ?? (field === name ? messageOf(error) : null);

  const send = async (on: boolean) => {
    setBusy(true);
    setError(null);
    const text = (limit: string) => (limit.trim() === '' ? undefined : typed(limit));
    const count = (limit: number | string) => (limit === '' ? undefined : Number(limit));
    try {
      const path = { params: { path: { wallet: id } } };
      const set = on
        ? await body(
            api.PUT('/v1/wallets/{wallet}/auto-top-up', {
              ...path,
              body: {
                enabled: true,
                minimum_balance: typed(minimum),
                amount: typed(amount),
                limits: {
                  attempts_per_day: count(perDay),
                  attempts_per_month: count(perMonth),
                  amount_per_day: text(amountPerDay),
                  amount_per_month: text(amountPerMonth),
                },
              },
            }),
          )
        : await body(api.DELETE('/v1/wallets/{wallet}/auto-top-up', path));
      client.setQueryData(autoTopUp(id).queryKey, set);
      void refresh(client, id);
      tellDone(on ? t.topUp.switchedOn : t.topUp.switchedOff);
      close();
    } catch (failed) {
      setError(failed);
    } finally {
      setBusy(false);
    }
  };
  const unchanged = !enabled && !auto.enabled;
  return (
    <form onSubmit={(event) => { event.preventDefault(); if (!faults.some(Boolean)) void send(enabled); }}>
      <Stack>
        <Group justify="space-between" align="flex-start">
          <Switch
            checked={enabled}
            onChange={(event) => setEnabled(event.currentTarget.checked)}
            label={t.topUp.enabled}
            description={t.topUp.enabledHint}
            disabled={!mayChange}
            data-autofocus
          />
          <Status status={auto.status} text={t.auto.status[auto.status] ?? auto.status} />
        </Group>
        {auto.reason && <Alert color="orange" variant="light" styles={{ message: { color: 'var(--mantine-color-text)' } }}>{t.auto.reasons[auto.reason] ?? auto.reason}</Alert>}
        {enabled && (
          <>
            <SimpleGrid cols={{ base: 1, xs: 2 }}>
              <TextInput label={t.topUp.minimum} description={t.topUp.minimumHint} value={minimum} disabled={!mayChange}
                onChange={(event) => setMinimum(event.currentTarget.value)} error={told('minimum_balance', minimumFault)}
                inputMode="decimal" inputWrapperOrder={['label', 'input', 'description', 'error']} />
              <TextInput label={t.topUp.added} description={t.topUp.limits(format.money(String(min)), format.money(String(max)))} value={amount} disabled={!mayChange}
                onChange={(event) => setAmount(event.currentTarget.value)} error={told('amount', amountFault)}
                inputMode="decimal" inputWrapperOrder={['label', 'input', 'description', 'error']} />
            </SimpleGrid>
            <Box>
              <Button variant="subtle" size="compact-sm" onClick={toggleLimits.toggle} aria-expanded={limits}>{t.topUp.moreLimits}</Button>
              <Collapse expanded={limits}>
                <SimpleGrid cols={{ base: 1, xs: 2 }} mt="xs">
                  <NumberInput label={t.topUp.perDay} value={perDay} onChange={setPerDay} min={1} max={1000} allowDecimal={false} placeholder="5" disabled={!mayChange} />
                  <NumberInput label={t.topUp.perMonth} value={perMonth} onChange={setPerMonth} min={1} max={10000} allowDecimal={false} placeholder={t.topUp.noLimit} disabled={!mayChange} />
                  <TextInput label={t.topUp.amountPerDay} value={amountPerDay} onChange={(event) => setAmountPerDay(event.currentTarget.value)} error={told('limits.amount_per_day', limitFault(amountPerDay))} placeholder={t.topUp.noLimit} inputMode="decimal" disabled={!mayChange} />
                  <TextInput label={t.topUp.amountPerMonth} value={amountPerMonth} onChange={(event) => setAmountPerMonth(event.currentTarget.value)} error={told('limits.amount_per_month', limitFault(amountPerMonth))} placeholder={t.topUp.noLimit} inputMode="decimal" disabled={!mayChange} />
                </SimpleGrid>
              </Collapse>
            </Box>
          </>
        )}
        <Group gap="xs">
          <Text size="sm" fw={500}>{t.auto.method}:</Text>
          <Text size="sm" c={auto.payment_method ? undefined : 'dimmed'}>
            {auto.payment_method
              ? t.auto.methodText(capital(auto.payment_method.brand ?? ''), auto.payment_method.last4 ?? '')
              : t.auto.noMethod}
          </Text>
        </Group>
        {error !== null && !field && <Trouble error={error} />}
        {mayChange ? (
          <Group justify="flex-end">
            {auto.enabled && <Button variant="default" onClick={() => void send(false)} loading={busy}>{t.topUp.turnOff}</Button>}
            <Button type="submit" loading={busy} disabled={unchanged || faults.some(Boolean)}>{t.confirm}</Button>
          </Group>
        ) : (
          <Text size="sm" c="dimmed">{t.topUp.mayNot}</Text>
        )}
        <Divider />
        <LastAttempts />
      </Stack>
    </form>
  );
}

function LastAttempts() {
  const { id, format } = useWallet();
  const found = useQuery(topUps(id));
  if (found.isPending) return <Loader size="xs" aria-label={t.loading} />;
  const attempts = (found.data ?? []).filter((top_up) => top_up.kind === 'auto').slice(-LAST_ATTEMPTS).reverse();
  return (
    <Stack gap={6}>
      <Text size="sm" fw={500}>{t.topUp.lastAttempts}</Text>
      {attempts.length === 0 && <Text size="sm" c="dimmed">{t.topUp.noAttempts}</Text>}
      {attempts.map((attempt) => (
        <Group key={attempt.top_up} justify="space-between" gap="xs">
          <Text size="sm" className="figures">{format.dateTime(attempt.opened_at)} · {format.money(attempt.amount)}</Text>
          <Group gap="xs">
            {attempt.code && <Text size="sm" c="dimmed">{t.attempt.codes[attempt.code] ?? attempt.code}</Text>}
            <Status status={attempt.status} text={t.attempt.status[attempt.status] ?? attempt.status} />
          </Group>
        </Group>
      ))}
    </Stack>
  );
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
