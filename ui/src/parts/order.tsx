// Dialogs in which something is ordered: what is filled in, what was wrong with it, and the way out.
import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { Problem } from '../api/client';
import { t } from '../texts';
import { messageOf, Trouble } from './parts';

export interface Order {
  busy: boolean;
  /** What went wrong, unless a field shows it. */
  trouble: unknown;
  /** What was wrong with a field. */
  wrong: (field: string) => string | null;
  send: () => Promise<void>;
}

/** Runs what is ordered once at a time. A problem with one of `fields` is shown there, any other below them. */
export function useOrder(fields: string[], run: () => Promise<unknown>): Order {
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const field = error instanceof Problem && error.field !== undefined && fields.includes(error.field) ? error.field : null;
  const send = async () => {
    setBusy(true);
    setError(null);
    try {
      await run();
    } catch (failed) {
      setError(failed);
    } finally {
      setBusy(false);
    }
  };
  return { busy, trouble: field === null ? error : null, wrong: (name) => (name === field ? messageOf(error) : null), send };
}

export function Dialog({ opened, close, title, children }: { opened: boolean; close: () => void; title: string; children: ReactNode }) {
  return (
    <Modal opened={opened} onClose={close} title={<Text fw={600} className="wrap">{title}</Text>} closeButtonProps={{ 'aria-label': t.close }}>
      {children}
    </Modal>
  );
}

export function OrderForm({ order, close, action, danger, disabled, children }: {
  order: Order;
  close: () => void;
  action: string;
  danger?: boolean;
  disabled?: boolean;
  children: ReactNode;
}) {
  return (
    <form onSubmit={(event) => { event.preventDefault(); void order.send(); }}>
      <Stack>
        {children}
        {order.trouble !== null && <Trouble error={order.trouble} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>{t.cancel}</Button>
          <Button type="submit" color={danger ? 'red.8' : undefined} loading={order.busy} disabled={disabled}>{action}</Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Asks before something is done that cannot be undone. */
export function Confirm({ opened, title, text, action, danger, run, close }: {
  opened: boolean;
  title: string;
  text: string;
  action: string;
  danger?: boolean;
  run: () => Promise<unknown>;
  close: () => void;
}) {
  const order = useOrder([], async () => {
    await run();
    close();
  });
  return (
    <Dialog opened={opened} close={close} title={title}>
      <OrderForm order={order} close={close} action={action} danger={danger}>
        <Text size="sm">{text}</Text>
      </OrderForm>
    </Dialog>
  );
}
