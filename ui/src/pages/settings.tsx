// Settings: plans and billing, alerts, webhooks, keys.
import { Badge, Button, Card, Code, Collapse, CopyButton, Group, Modal, MultiSelect, Select, Stack, Table, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { api, body, Problem, type Schemas } from '../api/client';
import { alertSettings, deliveries, keys, webhooks } from '../api/queries';
import { isNegative, nanos, typed } from '../lib/decimal';
import { Icon } from '../parts/icon';
import { Confirm, Dialog, OrderForm, useOrder } from '../parts/order';
import { Empty, Listing, Loaded, Page, Scroll, Section, Status, tellDone, tellTrouble } from '../parts/parts';
import { useWallet } from '../parts/wallet-context';
import { t } from '../texts';

const LEVELS_MAX = 10;
const DELIVERIES = 20;

export function SettingsPage() {
  const { id, may } = useWallet();
  return (
    <Page title={t.settings.title}>
      <Section title={t.settings.plans} text={t.settings.plansText}>
        <Card>
          <Group justify="space-between">
            <Text fw={500}>{t.settings.toWallet}</Text>
            <Button component={Link} href={`/wallets/${encodeURIComponent(id)}`} variant="default" leftSection={<Icon name="wallet" />}>{t.numbers.manageWallet}</Button>
          </Group>
        </Card>
      </Section>
      <Alerts />
      {may('manage_webhooks') && <Webhooks />}
      {may('manage_keys') && <Keys />}
    </Page>
  );
}

function Alerts() {
  const { id, format, may } = useWallet();
  const client = useQueryClient();
  const found = useQuery(alertSettings(id));
  const [level, setLevel] = useState('');
  const [busy, setBusy] = useState(false);
  const set = async (low_balance: string[]) => {
    setBusy(true);
    try {
      const told = await body(api.PUT('/v1/wallets/{wallet}/alert-settings', { params: { path: { wallet: id } }, body: { low_balance } }));
      client.setQueryData(alertSettings(id).queryKey, told);
      setLevel('');
    } catch (error) {
      tellTrouble(error);
    } finally {
      setBusy(false);
    }
  };
  const given = nanos(typed(level));
  const wrong = level !== '' && (given === null || isNegative(typed(level))) ? t.topUp.notAmount : null;
  return (
    <Section title={t.settings.alerts} text={t.settings.alertsText}>
      <Card>
        <Loaded query={found}>
          {({ low_balance: levels }) => (
            <Stack>
              {levels.length === 0 && <Text size="sm" c="dimmed">{t.settings.noLevels}</Text>}
              <Group gap="xs">
                {levels.map((one) => (
                  <Group key={one} gap={4} px="sm" py={4} style={{ border: '1px solid var(--mantine-color-default-border)', borderRadius: 'var(--mantine-radius-md)' }}>
                    <Text size="sm" className="figures">{format.exact(one)}</Text>
                    {may('set_alerts') && (
                      <Button variant="subtle" color="gray" size="compact-xs" px={4} disabled={busy} aria-label={t.settings.removeLevel(format.exact(one))} onClick={() => void set(levels.filter((other) => other !== one))}>
                        <Icon name="cross" size={14} />
                      </Button>
                    )}
                  </Group>
                ))}
              </Group>
              {may('set_alerts') && levels.length < LEVELS_MAX && (
                <form onSubmit={(event) => { event.preventDefault(); if (given !== null && !wrong) void set([...levels, typed(level)]); }}>
                  <Group align="flex-start" gap="xs">
                    <TextInput aria-label={t.settings.level} placeholder={t.settings.level} value={level} onChange={(event) => setLevel(event.currentTarget.value)} error={wrong} inputMode="decimal" w={160} />
                    <Button type="submit" variant="default" loading={busy} disabled={!level || wrong !== null}>{t.settings.addLevel}</Button>
                  </Group>
                </form>
              )}
            </Stack>
          )}
        </Loaded>
      </Card>
    </Section>
  );
}

/** Something that is shown this once. */
function Secret({ title, text, secret, close }: { title: string; text: string; secret: string | null; close: () => void }) {
  return (
    <Modal opened={secret !== null} onClose={close} title={<Text fw={600}>{title}</Text>} closeOnClickOutside={false} closeButtonProps={{ 'aria-label': t.close }} size="lg">
      <Stack>
        <Text size="sm">{text}</Text>
        <Code block className="wrap" style={{ whiteSpace: 'pre-wrap' }} data-testid="secret">{secret}</Code>
        <Group justify="flex-end">
          <CopyButton value={secret ?? ''}>
            {({ copied, copy }) => <Button variant="default" onClick={copy}>{copied ? t.copied : t.copy}</Button>}
          </CopyButton>
          <Button onClick={close}>{t.done}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Webhooks() {
  const { id } = useWallet();
  const client = useQueryClient();
  const found = useQuery(webhooks);
  const [adding, add] = useDisclosure();
  const [secret, setSecret] = useState<string | null>(null);
  const changed = () => client.invalidateQueries({ queryKey: ['webhooks'] });
  return (
    <Section title={t.settings.webhooks} text={t.settings.webhooksText} actions={<Button variant="default" onClick={add.open}>{t.settings.addWebhook}</Button>}>
      <Loaded query={found}>
        {(all) => {
          const own = all.filter((webhook) => webhook.wallet === id);
          return (
            <Card p={0} className="rows">
              {own.length === 0 && <Empty>{t.settings.noWebhooks}</Empty>}
              {own.map((webhook) => <Webhook key={webhook.id} webhook={webhook} changed={changed} tellSecret={setSecret} />)}
            </Card>
          );
        }}
      </Loaded>
      <Dialog opened={adding} close={add.close} title={t.settings.addWebhook}>
        <AddWebhook close={add.close} made={(text) => { setSecret(text); void changed(); }} />
      </Dialog>
      <Secret title={t.settings.secret} text={t.settings.secretText} secret={secret} close={() => setSecret(null)} />
    </Section>
  );
}

function AddWebhook({ close, made }: { close: () => void; made: (secret: string) => void }) {
  const { id } = useWallet();
  const [url, setUrl] = useState('');
  const [types, setTypes] = useState<string[]>([]);
  const order = useOrder(['url'], async () => {
    const webhook = await body(api.POST('/v1/webhooks', { body: { url: url.trim(), wallet: id, types: types.length > 0 ? types : undefined } }));
    close();
    made(webhook.secret);
  });
  return (
    <OrderForm order={order} close={close} action={t.settings.addWebhook} disabled={!url.trim()}>
      <TextInput label={t.settings.url} description={t.settings.urlHint} value={url} onChange={(event) => setUrl(event.currentTarget.value)} error={order.wrong('url')} required data-autofocus />
      <MultiSelect label={t.settings.types} placeholder={types.length === 0 ? t.settings.allTypes : undefined} value={types} onChange={setTypes} data={Object.entries(t.settings.alertTypes).map(([value, label]) => ({ value, label }))} clearable />
    </OrderForm>
  );
}

function Webhook({ webhook, changed, tellSecret }: { webhook: Schemas['Webhook']; changed: () => Promise<void>; tellSecret: (secret: string) => void }) {
  const [opened, toggle] = useDisclosure();
  const [removing, remove] = useDisclosure();
  const [rotating, rotate] = useDisclosure();
  const [busy, setBusy] = useState(false);
  const path = { params: { path: { id: webhook.id } } };
  const test = async () => {
    setBusy(true);
    try {
      const told = await body(api.POST('/v1/webhooks/{id}/test', path));
      if (told.delivered) tellDone(t.settings.testOk(String(told.status)));
      else tellTrouble(new Problem(0, 'test', t.settings.testFailed(told.why ?? '')));
    } catch (error) {
      tellTrouble(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Stack gap="xs" p="md">
      <Group justify="space-between" gap="xs">
        <Stack gap={2} miw={0} flex={1}>
          <Group gap="xs">
            <Text size="sm" fw={500} className="wrap">{webhook.url}</Text>
            {webhook.status !== 'active' && <Status status="disabled" text={t.settings.disabled} />}
          </Group>
          <Text size="xs" c="dimmed">{webhook.types ? webhook.types.map((type) => t.settings.alertTypes[type] ?? type).join(', ') : t.settings.allTypes}</Text>
        </Stack>
        <Group gap={4}>
          <Button size="compact-sm" variant="subtle" loading={busy} onClick={() => void test()}>{t.settings.test}</Button>
          <Button size="compact-sm" variant="subtle" onClick={toggle.toggle} aria-expanded={opened}>{t.settings.deliveries}</Button>
          <Button size="compact-sm" variant="subtle" onClick={rotate.open}>{t.settings.rotate}</Button>
          <Button size="compact-sm" variant="subtle" color="red.9" c="light-dark(var(--mantine-color-red-9), var(--mantine-color-red-4))" onClick={remove.open}>{t.settings.remove}</Button>
        </Group>
      </Group>
      <Collapse expanded={opened}>{opened && <Deliveries id={webhook.id} />}</Collapse>
      <Confirm opened={removing} close={remove.close} danger title={t.settings.removeWebhook(webhook.url)} text={t.settings.removeWebhookText} action={t.settings.remove}
        run={async () => { await api.DELETE('/v1/webhooks/{id}', path); await changed(); }} />
      <Confirm opened={rotating} close={rotate.close} title={t.settings.rotate} text={t.settings.rotateText} action={t.settings.rotate}
        run={async () => { tellSecret((await body(api.POST('/v1/webhooks/{id}/rotate', path))).secret); }} />
    </Stack>
  );
}

function Deliveries({ id }: { id: string }) {
  const { format } = useWallet();
  const client = useQueryClient();
  const found = useQuery(deliveries(id));
  const replay = async (delivery: Schemas['Delivery']) => {
    try {
      await api.POST('/v1/webhooks/{id}/replay', { params: { path: { id } }, body: { wallet: delivery.wallet, alert: delivery.alert } });
      await client.invalidateQueries({ queryKey: deliveries(id).queryKey });
      tellDone(t.settings.replayed);
    } catch (error) {
      tellTrouble(error);
    }
  };
  return (
    <Loaded query={found}>
      {(all) =>
        all.length === 0 ? (
          <Text size="sm" c="dimmed">{t.settings.noDeliveries}</Text>
        ) : (
          <Scroll minWidth={480} label={t.settings.deliveries}>
            <Table verticalSpacing={4} fz="sm">
              <Table.Tbody>
                {[...all].sort((one, other) => other.last_at.localeCompare(one.last_at)).slice(0, DELIVERIES).map((delivery) => (
                  <Table.Tr key={delivery.wallet + delivery.alert}>
                    <Table.Td>{format.dateTime(delivery.last_at)}</Table.Td>
                    <Table.Td>{t.settings.alertTypes[delivery.type] ?? delivery.type}</Table.Td>
                    <Table.Td><Status status={delivery.status} text={t.settings.deliveryStatus[delivery.status] ?? delivery.status} /></Table.Td>
                    <Table.Td>{[t.settings.attempts(delivery.attempts), delivery.http_status].filter(Boolean).join(' · ')}</Table.Td>
                    <Table.Td ta="right"><Button size="compact-xs" variant="subtle" onClick={() => void replay(delivery)}>{t.settings.replay}</Button></Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Scroll>
        )
      }
    </Loaded>
  );
}

function Keys() {
  const { id, format } = useWallet();
  const client = useQueryClient();
  const found = useQuery(keys);
  const [making, make] = useDisclosure();
  const [secret, setSecret] = useState<string | null>(null);
  const [revoking, setRevoking] = useState<Schemas['Key'] | null>(null);
  const changed = () => client.invalidateQueries({ queryKey: ['keys'] });
  return (
    <Section title={t.settings.keys} text={t.settings.keysText} actions={<Button variant="default" onClick={make.open}>{t.settings.addKey}</Button>}>
      <Card p={0}>
        <Loaded query={found}>
          {(all) => (
            <Listing minWidth={560} label={t.settings.keys} columns={[t.settings.name, t.settings.role, t.settings.made, { right: t.settings.revoke }]}>
              {all.filter((key) => key.wallet === id).map((key) => (
                <Table.Tr key={key.id}>
                  <Table.Td className="wrap">{key.name || '–'}<Text size="xs" c="dimmed">{key.id}</Text></Table.Td>
                  <Table.Td>{t.settings.roles[key.role]?.split(':')[0] ?? key.role}</Table.Td>
                  <Table.Td>{format.date(key.made_at)}</Table.Td>
                  <Table.Td ta="right">
                    {key.revoked_at ? (
                      <Badge variant="light" color="gray" tt="none" styles={{ root: { color: 'var(--mantine-color-text)' } }}>{t.settings.revoked}</Badge>
                    ) : (
                      <Button size="compact-sm" variant="subtle" c="light-dark(var(--mantine-color-red-9), var(--mantine-color-red-4))" onClick={() => setRevoking(key)}>{t.settings.revoke}</Button>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Listing>
          )}
        </Loaded>
      </Card>
      <Dialog opened={making} close={make.close} title={t.settings.addKey}>
        <MakeKey close={make.close} made={(text) => { setSecret(text); void changed(); }} />
      </Dialog>
      <Secret title={t.signIn.key} text={t.settings.keyText} secret={secret} close={() => setSecret(null)} />
      <Confirm opened={revoking !== null} close={() => setRevoking(null)} danger title={t.settings.revokeTitle(revoking?.name || revoking?.id || '')} text={t.settings.revokeText} action={t.settings.revoke}
        run={async () => { if (revoking) await api.DELETE('/v1/keys/{id}', { params: { path: { id: revoking.id } } }); await changed(); }} />
    </Section>
  );
}

function MakeKey({ close, made }: { close: () => void; made: (secret: string) => void }) {
  const { id } = useWallet();
  const [name, setName] = useState('');
  const [role, setRole] = useState('viewer');
  const order = useOrder(['name', 'role'], async () => {
    const key = await body(api.POST('/v1/keys', { body: { name: name.trim(), role, wallet: id } }));
    close();
    made(key.key);
  });
  return (
    <OrderForm order={order} close={close} action={t.settings.addKey} disabled={!name.trim()}>
      <TextInput label={t.settings.name} value={name} onChange={(event) => setName(event.currentTarget.value)} maxLength={100} error={order.wrong('name')} required data-autofocus />
      <Select label={t.settings.role} value={role} allowDeselect={false} onChange={(value) => setRole(value ?? 'viewer')} data={Object.entries(t.settings.roles).map(([value, label]) => ({ value, label }))} />
    </OrderForm>
  );
}

