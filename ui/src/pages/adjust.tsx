// An adjustment by an operator: a change of the balance by hand, with its reason.
import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, body, idempotencyKey, Problem } from '../api/client';
import { refresh } from '../api/queries';
import { nanos, typed } from '../lib/decimal';
import { messageOf, tellDone, Trouble } from '../parts/parts';
import { useWallet } from '../parts/wallet-context';
import { t } from '../texts';

export function Adjust() {
  const [opened, dialog] = useDisclosure();
  return (
    <>
      <Button variant="default" onClick={dialog.open}>{t.operator.adjust}</Button>
      <Modal opened={opened} onClose={dialog.close} title={<Text fw={600}>{t.operator.adjust}</Text>} closeButtonProps={{ 'aria-label': t.close }}>
        <Form close={dialog.close} />
      </Modal>
    </>
  );
}

function Form({ close }: { close: () => void }) {
  const { id, format } = useWallet();
  const client = useQueryClient();
  const [amount, setAmount] = useState('');
  const [reason, setReason] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [key] = useState(idempotencyKey);
  const given = nanos(typed(amount));
  const wrong = amount === '' ? null : given === null ? t.topUp.notAmount : given === 0n ? t.operator.notZero : null;
  const field = error instanceof Problem ? error.field : undefined;
  const send = async () => {
    setBusy(true);
    setError(null);
    try {
      const entry = await body(
        api.POST('/v1/wallets/{wallet}/adjustments', {
          params: { path: { wallet: id }, header: { 'Idempotency-Key': key } },
          body: { amount: typed(amount), reason: reason.trim() },
        }),
      );
      void refresh(client, id);
      tellDone(t.operator.adjusted(format.exact(entry.amount)));
      close();
    } catch (failed) {
      setError(failed);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => { event.preventDefault(); void send(); }}>
      <Stack>
        <Text size="sm" c="dimmed">{t.operator.adjustText}</Text>
        <TextInput label={t.operator.amount} description={t.operator.amountHint} value={amount} onChange={(event) => setAmount(event.currentTarget.value)}
          error={wrong ?? (field === 'amount' ? messageOf(error) : null)} inputMode="decimal" required data-autofocus />
        <TextInput label={t.operator.reason} value={reason} onChange={(event) => setReason(event.currentTarget.value)}
          error={field === 'reason' ? messageOf(error) : null} maxLength={512} required />
        {error !== null && !field && <Trouble error={error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>{t.cancel}</Button>
          <Button type="submit" loading={busy} disabled={!amount || wrong !== null || !reason.trim()}>{t.confirm}</Button>
        </Group>
      </Stack>
    </form>
  );
}
