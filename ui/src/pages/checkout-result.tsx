// What became of a payment that somebody went away to make: shown as it comes in.
import { Alert, Button, Group, Loader, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { topUp } from '../api/queries';
import { tellDone } from '../parts/parts';
import { useWallet } from '../parts/wallet-context';
import { t } from '../texts';

const slot = (wallet: string) => `farebox.top_up.${wallet}`;
const ASK_EVERY = 1_500;

/** Keeps in this tab which payment somebody goes away for. */
export function leaveFor(wallet: string, id: string) {
  try {
    sessionStorage.setItem(slot(wallet), id);
  } catch {
    // In a frame without storage the list of top-ups still tells.
  }
}

function taken(wallet: string): string | null {
  try {
    return sessionStorage.getItem(slot(wallet));
  } catch {
    return null;
  }
}

export function useCheckoutResult() {
  const { id, format } = useWallet();
  const [pending, setPending] = useState(() => taken(id));
  const found = useQuery({
    ...topUp(id, pending ?? ''),
    enabled: pending !== null,
    refetchInterval: ASK_EVERY,
  });
  const top_up = found.data;
  const over = top_up !== undefined && ['succeeded', 'failed', 'expired'].includes(top_up.status);
  const forget = () => {
    sessionStorage.removeItem(slot(id));
    setPending(null);
  };
  useEffect(() => {
    if (over && top_up.status === 'succeeded') {
      tellDone(t.topUp.succeeded(format.money(top_up.credited)));
      forget();
    }
  });
  if (pending === null || !top_up) return null;
  if (over) {
    const why = top_up.code && (t.attempt.codes[top_up.code] ?? top_up.code);
    const text = top_up.status === 'expired' ? t.topUp.expired : why ? t.topUp.failedWhy(why) : t.topUp.failed;
    return (
      <Alert color="red" variant="light" withCloseButton onClose={forget} closeButtonLabel={t.close}>
        {text}
      </Alert>
    );
  }
  return (
    <Alert color="ink" variant="light" title={t.topUp.waiting} icon={<Loader size="xs" aria-hidden />} role="status" withCloseButton onClose={forget} closeButtonLabel={t.close}>
      <Group justify="space-between" gap="sm">
        <Text size="sm">{t.topUp.waitingText(format.money(top_up.amount))}</Text>
        {top_up.checkout_url && (
          <Button size="xs" variant="default" component="a" href={top_up.checkout_url}>{t.topUp.payNow}</Button>
        )}
      </Group>
    </Alert>
  );
}
