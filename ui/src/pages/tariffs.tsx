// Tariffs: their versions, what changes between two, and what a number costs now.
import { Card, Group, Select, Stack, Table, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import type { Schemas } from '../api/client';
import { tariff as tariffQuery, tariffs } from '../api/queries';
import { now } from '../lib/clock';
import { formatOf, type Format } from '../lib/format';
import { changesOf, rowsFor } from '../lib/rates';
import { Empty, Listing, Loaded, Page, Section, Status } from '../parts/parts';
import { t } from '../texts';

const ROWS_MAX = 500;

export function TariffsPage({ name }: { name?: string }) {
  const found = useQuery(tariffs);
  const [, go] = useLocation();
  return (
    <Page title={t.tariffs.title}>
      <Loaded query={found}>
        {(all) => {
          const chosen = all.find((tariff) => tariff.name === (name && decodeURIComponent(name))) ?? all[0];
          if (!chosen) return <Empty>{t.none}</Empty>;
          return (
            <Stack gap="lg">
              <Select label={t.operator.tariff} maw={360} value={chosen.name} allowDeselect={false} searchable
                data={all.map((tariff) => ({ value: tariff.name, label: `${tariff.name} (${tariff.currency})` }))}
                onChange={(value) => value && go(`/tariffs/${encodeURIComponent(value)}`)} />
              <Tariff key={chosen.name} tariff={chosen} />
            </Stack>
          );
        }}
      </Loaded>
    </Page>
  );
}

function Tariff({ tariff }: { tariff: Schemas['Tariff'] }) {
  const format = formatOf(tariff.currency, 'UTC');
  const at = now().toISOString();
  const current = tariff.versions.findLast((version) => version.effective_from <= at) ?? tariff.versions[0];
  return (
    <>
      <Section title={t.tariffs.versions}>
        <Card p={0}>
          <Listing minWidth={640} label={t.tariffs.versions} columns={[t.tariffs.version, t.tariffs.from, t.tariffs.until, { right: t.tariffs.rates }, { right: t.tariffs.fees }, { right: t.tariffs.numberFees }]}>
            {tariff.versions.toReversed().map((version) => (
              <Table.Tr key={version.version}>
                <Table.Td>
                  <Group gap="xs">{version.version}{version === current && <Status status="active" text={t.tariffs.now} />}</Group>
                </Table.Td>
                <Table.Td>{format.dateTime(version.effective_from)}</Table.Td>
                <Table.Td>{version.effective_until ? format.dateTime(version.effective_until) : t.tariffs.furtherNotice}</Table.Td>
                <Table.Td ta="right">{format.number(version.rates)}</Table.Td>
                <Table.Td ta="right">{format.number(version.carrier_fees)}</Table.Td>
                <Table.Td ta="right">{format.number(version.number_fees)}</Table.Td>
              </Table.Tr>
            ))}
          </Listing>
        </Card>
      </Section>
      {current && <Costs name={tariff.name} version={current.version} format={format} />}
      {tariff.versions.length > 1 && <Compare tariff={tariff} format={format} />}
    </>
  );
}

const anyOf = (word: string | null | undefined) => (word ? (t.tariffs.senderTypes[word] ?? word) : t.tariffs.any);

function Costs({ name, version, format }: { name: string; version: string; format: Format }) {
  const found = useQuery({ ...tariffQuery(name, version), staleTime: Infinity });
  const [number, setNumber] = useState('+1');
  return (
    <Section title={t.tariffs.costs}>
      <TextInput label={t.numbers.number} description={t.tariffs.costsHint} value={number} onChange={(event) => setNumber(event.currentTarget.value)} maw={360} inputMode="tel" />
      <Loaded query={found}>
        {(tariff) => {
          const rates = rowsFor(tariff.rates, number).map((row) => ({
            of: `${row.direction === 'inbound' ? t.tariffs.inbound : t.tariffs.outbound}, ${t.usage.kinds[row.kind] ?? row.kind}`,
            applies: [anyOf(row.sender_type), row.carrier].filter(Boolean).join(', '),
            prefix: row.prefix,
            price: format.exact(row.price),
          }));
          const fees = rowsFor(tariff.carrier_fees, number).map((row) => ({
            of: `${t.tariffs.fee}: ${row.direction === 'inbound' ? t.tariffs.inbound : t.tariffs.outbound}, ${t.usage.kinds[row.kind] ?? row.kind}`,
            applies: [anyOf(row.sender_type), row.carrier].filter(Boolean).join(', '),
            prefix: row.prefix,
            price: format.exact(row.fee),
          }));
          const rents = rowsFor(tariff.number_fees, number).map((row) => ({
            of: t.tariffs.rent,
            applies: anyOf(row.type),
            prefix: row.prefix,
            price: `${format.exact(row.fee)} ${t.tariffs.month}`,
          }));
          const all = [...rates, ...fees, ...rents];
          if (all.length === 0) return <Card p={0}><Empty>{t.tariffs.noRow}</Empty></Card>;
          return (
            <Card p={0}>
              <Listing minWidth={520} label={t.tariffs.costs} dense columns={[t.activity.what, t.tariffs.applies, t.tariffs.prefix, { right: t.tariffs.price }]}>
                {all.slice(0, ROWS_MAX).map((row, at) => (
                  <Table.Tr key={at}>
                    <Table.Td>{row.of}</Table.Td>
                    <Table.Td>{row.applies}</Table.Td>
                    <Table.Td className="figures">{row.prefix}</Table.Td>
                    <Table.Td ta="right" className="figures">{row.price}</Table.Td>
                  </Table.Tr>
                ))}
              </Listing>
            </Card>
          );
        }}
      </Loaded>
    </Section>
  );
}

function Compare({ tariff, format }: { tariff: Schemas['Tariff']; format: Format }) {
  const names = tariff.versions.map((version) => version.version);
  const [before, setBefore] = useState(names.at(-2)!);
  const [after, setAfter] = useState(names.at(-1)!);
  const old = useQuery({ ...tariffQuery(tariff.name, before), staleTime: Infinity });
  const young = useQuery({ ...tariffQuery(tariff.name, after), staleTime: Infinity });
  return (
    <Section title={t.tariffs.compare}>
      <Group>
        <Select label={t.tariffs.before} value={before} allowDeselect={false} data={names} onChange={(value) => value && setBefore(value)} />
        <Select label={t.tariffs.after} value={after} allowDeselect={false} data={names} onChange={(value) => value && setAfter(value)} />
      </Group>
      <Loaded query={old}>
        {(old) => (
          <Loaded query={young}>
            {(young) => {
              const changes = [
                ...changesOf(old.rates, young.rates, (row) => row.price, t.tariffs.rates),
                ...changesOf(old.carrier_fees, young.carrier_fees, (row) => row.fee, t.tariffs.fees),
                ...changesOf(old.number_fees, young.number_fees, (row) => row.fee, t.tariffs.numberFees),
              ];
              if (changes.length === 0) return <Card p={0}><Empty>{t.tariffs.same}</Empty></Card>;
              return (
                <Stack gap="xs">
                  <Text size="sm">{t.tariffs.changes(changes.length)}</Text>
                  <Card p={0}>
                    <Listing minWidth={520} label={t.tariffs.compare} dense columns={[t.activity.what, t.tariffs.applies, { right: t.tariffs.before }, { right: t.tariffs.after }]}>
                      {changes.slice(0, ROWS_MAX).map((change) => (
                        <Table.Tr key={change.what + change.key}>
                          <Table.Td>{change.what}</Table.Td>
                          <Table.Td>{change.key}</Table.Td>
                          <Table.Td ta="right" className="figures">{change.before ? format.exact(change.before) : t.tariffs.added}</Table.Td>
                          <Table.Td ta="right" className="figures">{change.after ? format.exact(change.after) : t.tariffs.removed}</Table.Td>
                        </Table.Tr>
                      ))}
                    </Listing>
                  </Card>
                </Stack>
              );
            }}
          </Loaded>
        )}
      </Loaded>
    </Section>
  );
}
