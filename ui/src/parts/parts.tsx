// Small pieces that every page is put together from.
import { Alert, Badge, Box, Button, Card, Center, Group, Loader, Stack, Table, Text, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useEffect, useId, useState, type ReactNode } from 'react';
import { Problem } from '../api/client';
import { isNegative } from '../lib/decimal';
import { t } from '../texts';
import { Icon } from './icon';
import { useWallet } from './wallet-context';

/** A page's heading, and what can be done on it. */
export function Page({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · ${t.app}`;
  }, [title]);
  return (
    <Stack gap="lg">
      <Group justify="space-between" gap="sm">
        <Title order={1}>{title}</Title>
        {actions && <Group gap="xs" className="no-print">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  );
}

/** What is wider than a small screen goes sideways by itself, and by the keyboard. */
export function Scroll({ minWidth, label, children }: { minWidth: number; label: string; children: ReactNode }) {
  return (
    <Box style={{ overflowX: 'auto' }} tabIndex={0} role="region" aria-label={label} className="scroll">
      <Box miw={minWidth}>{children}</Box>
    </Box>
  );
}

/** A table that scrolls sideways where it must. A column with figures is named as `{ right }`. */
export function Listing({ label, minWidth, columns, dense, highlightOnHover, children }: {
  label: string;
  minWidth: number;
  columns: (string | { right: string })[];
  dense?: boolean;
  highlightOnHover?: boolean;
  children: ReactNode;
}) {
  return (
    <Scroll minWidth={minWidth} label={label}>
      <Table verticalSpacing={dense ? 6 : 'xs'} horizontalSpacing="md" highlightOnHover={highlightOnHover}>
        <Table.Thead>
          <Table.Tr>
            {columns.map((column, at) => (
              typeof column === 'string' ? <Table.Th key={at}>{column}</Table.Th> : <Table.Th key={at} ta="right">{column.right}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>{children}</Table.Tbody>
      </Table>
    </Scroll>
  );
}

/** Something that somebody has to know, the graver the redder. */
export function Notice({ color, title, children }: { color: 'red' | 'orange'; title: string; children: ReactNode }) {
  return (
    <Card p="md" role="alert" style={{ borderLeft: `4px solid var(--mantine-color-${color}-6)` }}>
      <Group align="flex-start" gap="sm" wrap="nowrap">
        <Box c={`${color}.7`} pt={2}><Icon name="alert" /></Box>
        <Stack gap={6} align="flex-start" flex={1}>
          <Text fw={600} size="sm" className="wrap">{title}</Text>
          {children}
        </Stack>
      </Group>
    </Card>
  );
}

export function Section({ title, text, actions, children }: { title: string; text?: string; actions?: ReactNode; children: ReactNode }) {
  return (
    <Stack gap="sm" component="section">
      <Group justify="space-between" align="flex-start" gap="sm">
        <Box flex={1} miw={200}>
          <Title order={2}>{title}</Title>
          {text && <Text size="sm" c="dimmed">{text}</Text>}
        </Box>
        {actions}
      </Group>
      {children}
    </Stack>
  );
}

export function messageOf(error: unknown): string {
  if (!(error instanceof Problem)) return t.problems.internal!;
  return t.problems[error.code] ?? error.detail;
}

/** What went wrong, calmly, and the way to try again. */
export function Trouble({ error, again }: { error: unknown; again?: () => void }) {
  return (
    <Alert color="red" variant="light" icon={<Icon name="alert" />} role="alert">
      <Group justify="space-between" gap="sm">
        <Text size="sm">{messageOf(error)}</Text>
        {again && <Button size="xs" variant="default" onClick={again}>{t.tryAgain}</Button>}
      </Group>
    </Alert>
  );
}

export function Waiting() {
  // What comes soon needs no sign that it comes.
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), 300);
    return () => clearTimeout(timer);
  }, []);
  return <Center mih={120}>{shown && <Loader size="sm" aria-label={t.loading} />}</Center>;
}

export function Empty({ children }: { children: ReactNode }) {
  return (
    <Center mih={96} p="md">
      <Text size="sm" c="dimmed" ta="center">{children}</Text>
    </Center>
  );
}

/** What is there of a query: its data, its trouble, or the wait for it. */
export function Loaded<T>({ query, children }: {
  query: { data: T | undefined; error: unknown; isError: boolean; refetch(): unknown };
  children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.isError) return <Trouble error={query.error} again={() => void query.refetch()} />;
  return <Waiting />;
}

const COLOURS: Record<string, string> = {
  active: 'teal', ready: 'teal', succeeded: 'teal', delivered: 'teal',
  suspended: 'red', failed: 'red', stopped: 'red', release_scheduled: 'red',
  past_due: 'orange', no_method: 'orange', limited: 'orange', waiting: 'orange', disabled: 'orange',
  open: 'ink', opening: 'ink', unknown: 'ink', under_way: 'ink', pending: 'ink',
};

export function Status({ status, text }: { status: string; text: string }) {
  // The words are dark on light: colour alone says nothing to many.
  return (
    <Badge
      variant="light"
      color={COLOURS[status] ?? 'gray'}
      tt="none"
      fw={600}
      styles={{ root: { color: 'var(--mantine-color-text)' }, label: { overflow: 'visible' } }}
      leftSection={<Box w={6} h={6} bg={`${COLOURS[status] ?? 'gray'}.6`} style={{ borderRadius: 3 }} />}
    >
      {text}
    </Badge>
  );
}

/** An amount to its last place, money that comes in told from what goes out. */
export function Amount({ amount, signed }: { amount: string; signed?: boolean }) {
  const { format } = useWallet();
  const plus = signed && !isNegative(amount) && /[1-9]/.test(amount);
  return (
    <Text span inherit className={plus ? 'figures gain' : 'figures'}>
      {plus ? '+' : ''}{format.exact(amount)}
    </Text>
  );
}

/** A name and what it stands for, one under the other on small screens. */
export function Facts({ facts }: { facts: [string, ReactNode][] }) {
  return (
    <Box component="dl" m={0} style={{ display: 'grid', gridTemplateColumns: 'minmax(7rem, max-content) 1fr', columnGap: 16, rowGap: 6 }}>
      {facts.map(([name, value]) => (
        <Box key={name} style={{ display: 'contents' }}>
          <Text component="dt" size="sm" c="dimmed">{name}</Text>
          <Text component="dd" size="sm" m={0} className="wrap">{value}</Text>
        </Box>
      ))}
    </Box>
  );
}

export function tellDone(message: string) {
  notifications.show({ message, color: 'teal', icon: <Icon name="check" />, closeButtonProps: { 'aria-label': t.close } });
}

export function tellTrouble(error: unknown) {
  notifications.show({ message: messageOf(error), color: 'red', icon: <Icon name="alert" />, closeButtonProps: { 'aria-label': t.close } });
}

/** Bars of a few weeks, without axes: more is on the page of usage. */
export function Spark({ points, label, tell }: { points: { day: string; value: number }[]; label: string; tell: (day: string) => string }) {
  const id = useId();
  const most = Math.max(...points.map((point) => point.value), 0);
  const [width, height, gap] = [300, 56, 2];
  const step = width / Math.max(points.length, 1);
  return (
    <svg viewBox={`0 0 ${width} ${height}`} width="100%" height={height} preserveAspectRatio="none" role="img" aria-labelledby={id}>
      <title id={id}>{label}</title>
      {points.map((point, at) => {
        const tall = most > 0 ? Math.max((point.value / most) * height, point.value > 0 ? 2 : 1) : 1;
        return (
          <rect
            key={point.day}
            x={at * step}
            y={height - tall}
            width={Math.max(step - gap, 1)}
            height={tall}
            rx={1}
            fill={point.value > 0 ? 'var(--mantine-color-ink-4)' : 'var(--mantine-color-default-border)'}
          >
            <title>{tell(point.day)}</title>
          </rect>
        );
      })}
    </svg>
  );
}
