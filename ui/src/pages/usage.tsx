// Usage: where the credit went. Filters stand in the address; chart and table are read from one state.
import { Box, Button, Card, Grid, Group, MultiSelect, Pagination, SegmentedControl, Select, SimpleGrid, Stack, Table, Text } from '@mantine/core';
import { DatePickerInput } from '@mantine/dates';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo, useState } from 'react';
import { useSearchParams } from 'wouter';
import { numbers, usage, type Usage } from '../api/queries';
import { now } from '../lib/clock';
import { dayIn, daysOf, firstOfMonth, lastOfMonth, monthsLater, plusDays } from '../lib/days';
import { isZero, placesOf, sum } from '../lib/decimal';
import { addressOf, AXES, DAYS_MAX, filtersOf, GROUPS, queryOf, type Filters, type Group as By } from '../lib/filters';
import { countryName } from '../lib/format';
import { Icon } from '../parts/icon';
import { Empty, Loaded, Page, Scroll, Section, tellDone, Trouble, Waiting } from '../parts/parts';
import { useWallet } from '../parts/wallet-context';
import { t } from '../texts';
import { Export } from './export';

const UsageChart = lazy(() => import('./usage-chart').then((chart) => ({ default: chart.UsageChart })));
const ROWS_A_PAGE = 50;
/** A campaign that is none, where a list of choices needs a word for it. */
const NO_CAMPAIGN = '\u0000';

export function UsagePage() {
  const { id, format, may } = useWallet();
  const [address, setAddress] = useSearchParams();
  const today = dayIn(now(), format.zone);
  const filters = useMemo(() => filtersOf(address, today), [address, today]);
  const set = (change: Partial<Filters>) => setAddress(addressOf({ ...filters, ...change }), { replace: true });

  const query = queryOf(filters);
  const tableQuery = new URLSearchParams(query);
  tableQuery.append('group_by', filters.by);
  const found = useQuery(usage(id, tableQuery));
  const share = () => {
    void navigator.clipboard.writeText(location.href).then(() => tellDone(t.copied));
  };
  return (
    <Page
      title={t.usage.title}
      actions={
        <>
          <Button variant="default" leftSection={<Icon name="link" />} onClick={share}>{t.usage.share}</Button>
          {may('export') && <Export filters={filters} />}
        </>
      }
    >
      <FilterBar filters={filters} set={set} clear={() => setAddress(new URLSearchParams(), { replace: true })} today={today} />
      <Loaded query={found}>
        {(found) => (
          <Stack gap="lg" opacity={1}>
            <Summaries usage={found} />
            <Charted usage={found} filters={filters} set={set} />
            <UsageTable key={query.toString() + filters.by} usage={found} by={filters.by} />
          </Stack>
        )}
      </Loaded>
      {found.isError && found.data !== undefined && <Trouble error={found.error} />}
    </Page>
  );
}

function FilterBar({ filters, set, clear, today }: { filters: Filters; set: (change: Partial<Filters>) => void; clear: () => void; today: string }) {
  const { id, format } = useWallet();
  const [range, setRange] = useState<[string | null, string | null] | null>(null);
  const [tooLong, setTooLong] = useState(false);
  const span = new URLSearchParams({ from: filters.from, to: filters.to, axis: filters.axis });
  const by = (group: By) => {
    const query = new URLSearchParams(span);
    query.append('group_by', group);
    return query;
  };
  const [asked, setAsked] = useState({ channel: false, campaign: false, country: false });
  const ask = (what: keyof typeof asked) => () => setAsked((before) => ({ ...before, [what]: true }));
  const rented = useQuery({ ...numbers(id), enabled: asked.channel });
  const channels = useQuery(usage(id, by('channel'), asked.channel));
  const campaigns = useQuery(usage(id, by('campaign'), asked.campaign));
  const countries = useQuery(usage(id, by('country'), asked.country));
  const distinct = (...lists: (string | null | undefined)[][]) => [...new Set(lists.flat().filter((one): one is string => !!one))].sort();
  const channelChoices = distinct(
    filters.channels,
    (rented.data ?? []).map((number) => number.number),
    (channels.data?.table ?? []).map((row) => row.channel),
  );
  const campaignChoices = distinct(filters.campaigns, (campaigns.data?.table ?? []).map((row) => row.campaign));
  const countryChoices = distinct([filters.country], (countries.data?.table ?? []).map((row) => row.country));

  const choose = (value: [string | null, string | null]) => {
    const [from, to] = value;
    const whole = from && to;
    const long = !!whole && daysOf(from, to) > DAYS_MAX;
    setTooLong(long);
    setRange(whole && !long ? null : value);
    if (whole && !long) set({ from, to });
  };
  const preset = (from: string, to: string, label: string) => ({ value: [from, to] as [string, string], label });
  const names_ = t.usage.presets;
  const lastMonth = monthsLater(today, -1);
  const presets = [
    preset(firstOfMonth(today), today, names_.thisMonth),
    preset(lastMonth, lastOfMonth(lastMonth), names_.lastMonth),
    preset(plusDays(today, -6), today, names_.last7),
    preset(plusDays(today, -29), today, names_.last30),
    preset(plusDays(today, -89), today, names_.last90),
    preset(`${today.slice(0, 4)}-01-01`, today, names_.thisYear),
    preset(plusDays(monthsLater(today, -12), Number(today.slice(8)) > 28 ? 28 : Number(today.slice(8))), today, names_.lastYear),
  ];
  const any = (label: string) => [{ value: '', label }];
  const filtered = filters.channels.length + filters.campaigns.length > 0 || filters.kind || filters.direction || filters.country;
  return (
    <Card p="md">
      <Grid gap="sm" align="flex-start">
        <Grid.Col span={{ base: 12, sm: 6, md: 4 }}>
          <DatePickerInput
            type="range"
            label={t.usage.range}
            value={range ?? [filters.from, filters.to]}
            onChange={choose}
            presets={presets}
            weekendDays={[]}
            maxDate={plusDays(today, 366)}
            error={tooLong ? t.usage.tooLong(DAYS_MAX) : null}
            valueFormatter={({ date }) => {
              const days = Array.isArray(date) ? date : [date];
              return days.filter(Boolean).map((day) => format.day(String(day).slice(0, 10))).join(' – ');
            }}
            leftSection={<Icon name="calendar" />}
            popoverProps={{ withinPortal: true }}
          />
        </Grid.Col>
        <Grid.Col span={{ base: 12, sm: 6, md: 4 }}>
          <MultiSelect
            label={t.usage.channels}
            placeholder={filters.channels.length === 0 ? t.usage.allChannels : undefined}
            data={channelChoices}
            value={filters.channels}
            onChange={(channels) => set({ channels })}
            onDropdownOpen={ask('channel')}
            searchable
            clearable
            limit={200}
            hidePickedOptions
            clearButtonProps={{ 'aria-label': t.usage.clear }}
          />
        </Grid.Col>
        <Grid.Col span={{ base: 12, sm: 6, md: 4 }}>
          <MultiSelect
            label={t.usage.campaigns}
            placeholder={filters.campaigns.length === 0 ? t.usage.allCampaigns : undefined}
            data={[{ value: NO_CAMPAIGN, label: t.usage.noCampaign }, ...campaignChoices]}
            value={filters.campaigns.map((campaign) => campaign || NO_CAMPAIGN)}
            onChange={(chosen) => set({ campaigns: chosen.map((campaign) => (campaign === NO_CAMPAIGN ? '' : campaign)) })}
            onDropdownOpen={ask('campaign')}
            searchable
            clearable
            limit={200}
            hidePickedOptions
            clearButtonProps={{ 'aria-label': t.usage.clear }}
          />
        </Grid.Col>
      </Grid>
      <SimpleGrid cols={{ base: 2, sm: 3, md: 5 }} spacing="sm" mt="sm">
        <Select label={t.usage.kind} value={filters.kind ?? ''} allowDeselect={false}
          data={[...any(t.usage.any), ...['sms', 'mms'].map((value) => ({ value, label: t.usage.kinds[value]! }))]}
          onChange={(kind) => set({ kind: kind || null })} />
        <Select label={t.usage.direction} value={filters.direction ?? ''} allowDeselect={false}
          data={[...any(t.usage.any), ...['outbound', 'inbound'].map((value) => ({ value, label: t.usage.directions[value]! }))]}
          onChange={(direction) => set({ direction: direction || null })} />
        <Select label={t.usage.country} value={filters.country ?? ''} allowDeselect={false} searchable onDropdownOpen={ask('country')}
          data={[...any(t.usage.any), ...countryChoices.map((value) => ({ value, label: countryName(value) }))]}
          onChange={(country) => set({ country: country || null })} />
        <Select label={t.usage.axis} value={filters.axis} allowDeselect={false}
          data={AXES.map((value) => ({ value, label: t.usage.axes[value] }))}
          onChange={(axis) => axis && set({ axis })} />
        <Select label={t.usage.by} value={filters.by} allowDeselect={false}
          data={GROUPS.map((value) => ({ value, label: t.usage.groups[value] }))}
          onChange={(by) => by && set({ by })} />
      </SimpleGrid>
      <Group justify="space-between" mt="sm" gap="xs">
        <Text size="xs" c="dimmed">{t.usage.zone(format.zone)}</Text>
        {filtered ? <Button size="compact-sm" variant="subtle" onClick={clear}>{t.usage.clear}</Button> : null}
      </Group>
    </Card>
  );
}

function Summaries({ usage }: { usage: Usage }) {
  const { format } = useWallet();
  const { totals } = usage;
  const figures: [string, string, string][] = [
    [t.usage.used, format.money(totals.total), ''],
    [t.usage.messages, format.number(totals.messages), t.usage.unitsOf(format.number(totals.units))],
    [t.usage.delivered, format.number(totals.delivered), t.usage.failedOf(format.number(totals.failed))],
    [t.usage.messageCost, format.money(totals.message_cost), ''],
    [t.usage.carrierFees, format.money(totals.carrier_fees), ''],
    [t.usage.numberFees, format.money(totals.number_fees), ''],
  ];
  const others = sum([totals.failure_fees, totals.refunds, totals.other_charges]);
  if (!isZero(others)) figures.push([t.usage.other, format.money(others), '']);
  return (
    <Box component="dl" m={0} data-testid="summaries" style={{ display: 'grid', gap: 12, gridTemplateColumns: 'repeat(auto-fit, minmax(min(10rem, 45%), 1fr))' }}>
      {figures.map(([name, value, besides], at) => (
        <Card key={`${name}${at}`} p="sm">
          <Text component="dt" size="xs" c="dimmed">{name}</Text>
          <Text component="dd" m={0} fw={600} size="lg" className="figures wrap">{value}</Text>
          {besides && <Text component="dd" m={0} size="xs" c="dimmed">{besides}</Text>}
        </Card>
      ))}
    </Box>
  );
}

/** The chart asks for the very state that the table was read from: they agree to the last unit. */
function Charted({ usage: shown, filters, set }: { usage: Usage; filters: Filters; set: (change: Partial<Filters>) => void }) {
  const { id } = useWallet();
  const query = queryOf(filters);
  query.append('group_by', filters.by);
  if (filters.by !== 'kind') query.append('group_by', 'kind');
  query.set('as_of', shown.as_of);
  const found = useQuery({ ...usage(id, query), staleTime: Infinity });
  return (
    <Card p="md">
      <Group justify="flex-end" mb="sm">
        <SegmentedControl
          size="xs"
          value={filters.measure}
          onChange={(measure) => set({ measure: measure === 'units' ? 'units' : 'cost' })}
          data={[{ value: 'cost', label: t.usage.measures.cost }, { value: 'units', label: t.usage.measures.units }]}
          aria-label={t.usage.measure}
        />
      </Group>
      <Loaded query={found}>
        {(found) =>
          found.table.length === 0 ? (
            <Empty>{t.usage.nothing}</Empty>
          ) : (
            <Suspense fallback={<Waiting />}>
              <UsageChart usage={found} by={filters.by} measure={filters.measure} />
            </Suspense>
          )
        }
      </Loaded>
    </Card>
  );
}

function UsageTable({ usage, by }: { usage: Usage; by: By }) {
  const { format } = useWallet();
  const [page, setPage] = useState(1);
  const pages = Math.ceil(usage.table.length / ROWS_A_PAGE);
  const first = (page - 1) * ROWS_A_PAGE;
  const rows = usage.table.slice(first, first + ROWS_A_PAGE);
  const costs = (row: Usage['totals']) => [
    row.message_cost,
    row.carrier_fees,
    row.number_fees,
    sum([row.failure_fees, row.refunds, row.other_charges]),
    row.total,
  ];
  const fixed = format.fixed(placesOf([usage.totals, ...usage.table].flatMap(costs)));
  const cells = (row: Usage['totals']) => (
    <>
      {[row.messages, row.units, row.delivered, row.failed].map((count, at) => (
        <Table.Td key={at} ta="right">{format.number(count)}</Table.Td>
      ))}
      {costs(row).map((amount, at, all) => (
        <Table.Td key={`c${at}`} ta="right" className="figures" fw={at === all.length - 1 ? 600 : undefined}>
          {isZero(amount) ? <Text span c="dimmed">–</Text> : fixed(amount)}
        </Table.Td>
      ))}
    </>
  );
  return (
    <Section title={t.usage.tableBy(t.usage.groups[by].toLowerCase())}>
      <Card p={0}>
        <Scroll minWidth={940} label={t.usage.tableBy(t.usage.groups[by].toLowerCase())}>
          <Table className="figures" verticalSpacing={6} horizontalSpacing="sm" data-testid="usage-table">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t.usage.groups[by]}</Table.Th>
                {[t.usage.messages, t.usage.units, t.usage.delivered, t.usage.failed, t.usage.messageCost, t.usage.carrierFees, t.usage.numberFees, t.usage.other, t.usage.total].map((name, at) => (
                  <Table.Th key={at} ta="right">{name}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((row, at) => (
                <Table.Tr key={first + at}>
                  <Table.Th scope="row" fw={400} className={by === 'channel' ? 'whole' : 'wrap'} maw={260} miw={110}>{nameOf(row, by, format)}</Table.Th>
                  {cells(row)}
                </Table.Tr>
              ))}
            </Table.Tbody>
            <Table.Tfoot>
              <Table.Tr fw={600}>
                <Table.Th scope="row">{t.usage.total}</Table.Th>
                {cells(usage.totals)}
              </Table.Tr>
            </Table.Tfoot>
          </Table>
        </Scroll>
        {pages > 1 && (
          <Group justify="space-between" p="sm">
            <Text size="sm" c="dimmed">{t.usage.rows(format.number(first + 1), format.number(first + rows.length), format.number(usage.table.length))}</Text>
            <Pagination
              total={pages} value={page} onChange={setPage} size="sm"
              getControlProps={(control) => ({ 'aria-label': control === 'next' ? t.next : t.previous })}
              getItemProps={(at) => ({ 'aria-label': t.page(at) })}
            />
          </Group>
        )}
      </Card>
    </Section>
  );
}

/** What a row stands for. */
export function nameOf(row: Usage['table'][number], by: By, format: { day(day: string): string; month(month: string): string }): string {
  const value = row[by];
  if (value === null || value === undefined) return by === 'campaign' ? t.usage.noCampaign : t.usage.notApplicable;
  switch (by) {
    case 'day':
      return format.day(value);
    case 'month':
      return format.month(value);
    case 'country':
      return countryName(value);
    case 'kind':
      return t.usage.kinds[value] ?? value;
    case 'direction':
      return t.usage.directions[value] ?? value;
    default:
      return value;
  }
}

