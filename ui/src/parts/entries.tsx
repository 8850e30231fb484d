// Entries as a list, each to be explained in a drawer.
import { Box, Card, Drawer, Group, Stack, Table, Text, Title, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { explanation, type Entry } from '../api/queries';
import { t } from '../texts';
import { Amount, Facts, Loaded } from './parts';
import { useWallet } from './wallet-context';

/** What an entry is about, in a line. */
function aboutOf(entry: Entry, number: (count: number) => string): string {
  const kind = entry.kind ? (t.usage.kinds[entry.kind] ?? entry.kind) : '';
  if (entry.channel && entry.peer) {
    return entry.direction === 'inbound'
      ? t.activity.received(kind, entry.channel, entry.peer)
      : t.activity.sent(kind, entry.channel, entry.peer);
  }
  if (entry.number) return t.activity.cycle(entry.number, number((entry.cycle ?? 0) + 1));
  const of = entry.of_seq ? t.activity.ofEntry(number(entry.of_seq)) : null;
  return [entry.reason, entry.top_up, entry.hold, entry.channel, of].filter(Boolean).join(' · ');
}

export function EntryRows({ entries }: { entries: Entry[] }) {
  const { format } = useWallet();
  const [seq, setSeq] = useState<number | null>(null);
  return (
    <>
      <Box visibleFrom="sm">
        <Table highlightOnHover verticalSpacing="xs" horizontalSpacing="md">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t.activity.when}</Table.Th>
              <Table.Th>{t.activity.what}</Table.Th>
              <Table.Th ta="right">{t.activity.amount}</Table.Th>
              <Table.Th ta="right">{t.activity.balance}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {entries.map((entry) => (
              <Table.Tr key={entry.seq} className="clickable" onClick={() => setSeq(entry.seq)}>
                <Table.Td style={{ whiteSpace: 'nowrap' }}>{format.dateTime(entry.occurred_at)}</Table.Td>
                <Table.Td className="wrap">
                  <UnstyledButton onClick={(event) => { event.stopPropagation(); setSeq(entry.seq); }} fw={500} fz="sm">
                    {t.activity.types[entry.type] ?? entry.type}
                    <VisuallyHidden>{`, ${t.activity.explain(format.number(entry.seq))}`}</VisuallyHidden>
                  </UnstyledButton>
                  <Text size="xs" c="dimmed" lineClamp={2}>{aboutOf(entry, format.number)}</Text>
                </Table.Td>
                <Table.Td ta="right"><Amount amount={entry.amount} signed /></Table.Td>
                <Table.Td ta="right"><Amount amount={entry.balance_after} /></Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Box>
      <Stack hiddenFrom="sm" gap={0} className="rows">
        {entries.map((entry) => (
          <UnstyledButton
            key={entry.seq}
            onClick={() => setSeq(entry.seq)}
            className="clickable"
            p="sm"
          >
            <VisuallyHidden>{t.activity.explain(format.number(entry.seq))}</VisuallyHidden>
            <Group justify="space-between" wrap="nowrap" align="flex-start">
              <Box miw={0}>
                <Text size="sm" fw={500}>{t.activity.types[entry.type] ?? entry.type}</Text>
                <Text size="xs" c="dimmed" className="wrap" lineClamp={2}>{aboutOf(entry, format.number)}</Text>
                <Text size="xs" c="dimmed">{format.dateTime(entry.occurred_at)}</Text>
              </Box>
              <Text size="sm" ta="right" style={{ whiteSpace: 'nowrap' }}><Amount amount={entry.amount} signed /></Text>
            </Group>
          </UnstyledButton>
        ))}
      </Stack>
      <Drawer
        opened={seq !== null}
        onClose={() => setSeq(null)}
        position="right"
        size="lg"
        title={<Text fw={600}>{seq !== null && t.activity.entry(format.number(seq))}</Text>}
        closeButtonProps={{ 'aria-label': t.close }}
      >
        {seq !== null && <Explained seq={seq} show={setSeq} />}
      </Drawer>
    </>
  );
}

function Explained({ seq, show }: { seq: number; show: (seq: number) => void }) {
  const { id, format } = useWallet();
  const found = useQuery(explanation(id, seq));
  return (
    <Loaded query={found}>
      {(told) => {
        const { entry } = told;
        const tags = Object.entries(entry.tags as Record<string, string>);
        const facts: [string, React.ReactNode][] = [
          [t.activity.when, format.dateTime(entry.occurred_at)],
          [t.activity.before, <Amount key="before" amount={told.balance_before} />],
          [t.activity.after, <Amount key="after" amount={told.balance_after} />],
        ];
        const add = (name: string, value: React.ReactNode) => value && facts.push([name, value]);
        add(t.activity.messageId, entry.id);
        add(t.activity.channel, entry.channel);
        add(t.activity.peer, entry.peer);
        add(t.activity.units, entry.units && `${format.number(entry.units)}${entry.encoding ? ` (${entry.encoding})` : ''}`);
        add(t.activity.campaign, entry.campaign);
        add(t.activity.status, told.message?.status);
        add(t.activity.tariff, told.tariff && `${told.tariff.name} ${told.tariff.version}`);
        add(t.activity.reason, entry.reason);
        add(t.activity.by, entry.actor);
        add(t.activity.tags, tags.length > 0 && tags.map(([name, value]) => `${name}: ${value}`).join(', '));
        return (
          <Stack>
            <Box>
              <Text size="sm" c="dimmed">{t.activity.types[entry.type] ?? entry.type}</Text>
              <Text fz="1.75rem" fw={600} lh={1.2}><Amount amount={entry.amount} signed /></Text>
            </Box>
            <Text size="sm" className="wrap" style={{ whiteSpace: 'pre-line' }}>{told.text}</Text>
            <Card p="sm" bg="var(--mantine-color-default-hover)">
              <Text size="xs" c="dimmed">{t.activity.arithmetic}</Text>
              <Text size="sm" className="figures wrap">{told.arithmetic}</Text>
            </Card>
            <Title order={3}>{t.activity.details}</Title>
            <Facts facts={facts} />
            {told.related.length > 0 && (
              <>
                <Title order={3}>{t.activity.related}</Title>
                <Stack gap={4}>
                  {told.related.map((other) => (
                    <UnstyledButton key={other.seq} onClick={() => show(other.seq)} className="clickable" py={4}>
                      <VisuallyHidden>{t.activity.explain(format.number(other.seq))}</VisuallyHidden>
                      <Group justify="space-between" gap="xs">
                        <Text size="sm">{t.activity.types[other.type] ?? other.type} <Text span c="dimmed" size="xs">{format.dateTime(other.occurred_at)}</Text></Text>
                        <Text size="sm"><Amount amount={other.amount} signed /></Text>
                      </Group>
                    </UnstyledButton>
                  ))}
                </Stack>
              </>
            )}
          </Stack>
        );
      }}
    </Loaded>
  );
}
