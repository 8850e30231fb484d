// What stands around every page: where one is, where one can go, who one is.
import { ActionIcon, AppShell, Badge, Burger, Box, Group, NavLink, ScrollArea, Stack, Text, Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, type ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { api } from '../api/client';
import { useLive } from '../api/live';
import { become, wallet as walletQuery, type Session } from '../api/queries';
import { now } from '../lib/clock';
import { formatOf } from '../lib/format';
import { t } from '../texts';
import { Icon, type IconName } from './icon';
import { Loaded, tellTrouble } from './parts';
import { WalletProvider } from './wallet-context';

interface Place {
  to: string;
  icon: IconName;
  text: string;
}

export function Shell({ session, wallet, children }: { session: Session; wallet?: { id: string; name: string }; children: ReactNode }) {
  const [opened, { toggle, close }] = useDisclosure();
  const [path] = useLocation();
  useEffect(close, [path, close]);
  const base = wallet && `/wallets/${encodeURIComponent(wallet.id)}`;
  const places: Place[] = base
    ? [
        { to: base, icon: 'wallet', text: t.nav.wallet },
        { to: `${base}/usage`, icon: 'usage', text: t.nav.usage },
        { to: `${base}/activity`, icon: 'activity', text: t.nav.activity },
        { to: `${base}/numbers`, icon: 'numbers', text: t.nav.numbers },
        { to: `${base}/settings`, icon: 'settings', text: t.nav.settings },
      ]
    : [];
  const operator: Place[] = session.wallet
    ? []
    : [
        { to: '/wallets', icon: 'wallets', text: t.nav.wallets },
        ...(session.may.includes('manage_tariffs')
          ? [
              { to: '/tariffs', icon: 'tariffs', text: t.nav.tariffs } as const,
              { to: '/engine', icon: 'engine', text: t.nav.engine } as const,
            ]
          : []),
      ];
  const isHere = (to: string) => path === to || (to !== base && to !== '/wallets' && path.startsWith(`${to}/`));
  const links = (all: Place[]) =>
    all.map((place) => (
      <NavLink
        key={place.to}
        component={Link}
        href={place.to}
        label={place.text}
        leftSection={<Icon name={place.icon} />}
        active={isHere(place.to)}
        aria-current={isHere(place.to) ? 'page' : undefined}
        style={{ borderRadius: 'var(--mantine-radius-md)' }}
      />
    ));
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding={{ base: 'md', sm: 'xl' }}
    >
      <a className="skip" href="#main">{t.skip}</a>
      <AppShell.Header>
        <Group h="100%" px="md" gap="xs" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap" miw={0}>
            <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={t.menu} aria-expanded={opened} />
            <Text fw={700}>{t.app}</Text>
            {wallet && <Text c="dimmed" truncate title={wallet.name || wallet.id}>{wallet.name || wallet.id}</Text>}
          </Group>
          <Group gap={4} wrap="nowrap" style={{ flexShrink: 0 }}>
            {session.sandbox && (
              <Tooltip label={t.sandboxHint}>
                <Badge variant="light" color="yellow" tt="none" tabIndex={0} styles={{ root: { flexShrink: 0, color: 'var(--mantine-color-text)' } }}>{t.sandbox}</Badge>
              </Tooltip>
            )}
            <ColourSwitch />
            <SignOut />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" component="div">
        <ScrollArea>
          <nav aria-label={t.nav.label}>
            <Stack gap={4}>
              {links(places)}
              {operator.length > 0 && wallet && <Text size="xs" c="dimmed" mt="md" px="sm" fw={600}>{t.nav.operator}</Text>}
              {links(operator)}
            </Stack>
          </nav>
        </ScrollArea>
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1} style={{ outline: 'none' }}>
        <Box maw={1120} mx="auto">{children}</Box>
      </AppShell.Main>
    </AppShell>
  );
}

export function WalletShell({ id, session, children }: { id: string; session: Session; children: ReactNode }) {
  const wallet = useQuery(walletQuery(id));
  const connection = useLive(id);
  const { currency, time_zone: zone } = wallet.data ?? {};
  const format = useMemo(() => formatOf(currency ?? 'USD', zone ?? 'UTC'), [currency, zone]);
  return (
    <Shell session={session} wallet={{ id, name: wallet.data?.name ?? '' }}>
      <Loaded query={wallet}>
        {(found) => (
          <WalletProvider value={{ id, wallet: found, format, connection, session, may: (action) => session.may.includes(action) }}>
            {children}
            {session.test_clock && (
              <Text size="xs" c="dimmed" mt="xl" className="no-print">{t.testClock(format.dateTime(now().toISOString()))}</Text>
            )}
          </WalletProvider>
        )}
      </Loaded>
    </Shell>
  );
}

function ColourSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme('light') === 'dark';
  const text = dark ? t.light : t.dark;
  return (
    <Tooltip label={text}>
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={text} onClick={() => setColorScheme(dark ? 'light' : 'dark')}>
        <Icon name={dark ? 'sun' : 'moon'} />
      </ActionIcon>
    </Tooltip>
  );
}

function SignOut() {
  const client = useQueryClient();
  const leave = async () => {
    try {
      await api.DELETE('/v1/session');
      become(client, null);
    } catch (error) {
      tellTrouble(error);
    }
  };
  return (
    <Tooltip label={t.signOut}>
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t.signOut} onClick={() => void leave()}>
        <Icon name="out" />
      </ActionIcon>
    </Tooltip>
  );
}
