// An adjustment by an operator: a change of the balance by hand, with its reason.
import { Button, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, body, idempotencyKey } from '../api/client';
import { refresh } from '../api/queries';
import { nanos, typed } from '../lib/decimal';
import { Dialog, OrderForm, useOrder } from '../parts/order';
import { tellDone } from '../parts/parts';
import { useWallet } from '../parts/wallet-context';
import { t } from '../texts';

export function Adjust() {
  const [opened, dialog] = useDisclosure();
  return (
    <>
      <Button variant="default" onClick={dialog.open}>{t.operator.adjust}</Button>
      <Dialog opened={opened} close={dialog.close} title={t.operator.adjust}>
        <Form close={dialog.close} />
      </Dialog>
    </>
  );
}

function Form({ close }: { close: () => void }) {
  const { id, format } = useWallet();
  const client = useQueryClient();
  const [amount, setAmount] = useState('');
  const [reason, setReason] = useState('');
  const [key] = useState(idempotencyKey);
  const given = nanos(typed(amount));
  const wrong = amount === '' ? null : given === null ? t.topUp.notAmount : given === 0n ? t.operator.notZero : null;
  const order = useOrder(['amount', 'reason'], async () => {
    const entry = await body(
      api.POST('/v1/wallets/{wallet}/adjustments', {
        params: { path: { wallet: id }, header: { 'Idempotency-Key': key } },
        body: { amount: typed(amount), reason: reason.trim() },
      }),
    );
    void refresh(client, id);
    tellDone(t.operator.adjusted(format.exact(entry.amount)));
    close();
  });
  return (
    <OrderForm order={order} close={close} action={t.confirm} disabled={!amount || wrong !== null || !reason.trim()}>
      <Text size="sm" c="dimmed">{t.operator.adjustText}</Text>
      <TextInput label={t.operator.amount} description={t.operator.amountHint} value={amount} onChange={(event) => setAmount(event.currentTarget.value)}
        error={wrong ?? order.wrong('amount')} inputMode="decimal" required data-autofocus />
      <TextInput label={t.operator.reason} value={reason} onChange={(event) => setReason(event.currentTarget.value)}
        error={order.wrong('reason')} maxLength={512} required />
    </OrderForm>
  );
}
