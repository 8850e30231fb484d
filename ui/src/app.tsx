// Who is signed in, and which page is shown.
import { Button, Center, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useCallback, useRef, useState } from 'react';
import { Link, Redirect, Route, Switch } from 'wouter';
import { session as sessionQuery, type Session } from './api/queries';
import { Page, Trouble, Waiting } from './parts/parts';
import { Shell, WalletShell } from './parts/shell';
import { SignIn, TokenEnded, TokenSignIn } from './pages/sign-in';
import { WalletPage } from './pages/wallet';
import { t } from './texts';

const UsagePage = lazy(() => import('./pages/usage').then((page) => ({ default: page.UsagePage })));
const ActivityPage = lazy(() => import('./pages/activity').then((page) => ({ default: page.ActivityPage })));
const NumbersPage = lazy(() => import('./pages/numbers').then((page) => ({ default: page.NumbersPage })));
const NumberPage = lazy(() => import('./pages/numbers').then((page) => ({ default: page.NumberPage })));
const SettingsPage = lazy(() => import('./pages/settings').then((page) => ({ default: page.SettingsPage })));
const WalletsPage = lazy(() => import('./pages/operator').then((page) => ({ default: page.WalletsPage })));
const TariffsPage = lazy(() => import('./pages/tariffs').then((page) => ({ default: page.TariffsPage })));
const EnginePage = lazy(() => import('./pages/engine').then((page) => ({ default: page.EnginePage })));

export function App({ token }: { token: string | null }) {
  const [pending, setPending] = useState(token);
  const entered = useCallback(() => setPending(null), []);
  if (pending) return <TokenSignIn token={pending} done={entered} />;
  return <SignedIn />;
}

function SignedIn() {
  const session = useQuery(sessionQuery);
  const before = useRef<Session>(null);
  if (session.data) before.current = session.data;
  if (session.data === undefined) {
    return (
      <Center mih="100dvh" p="md" component="main">
        {session.isError ? <Trouble error={session.error} again={() => void session.refetch()} /> : <Waiting />}
      </Center>
    );
  }
  if (session.data === null) {
    const byToken = before.current?.actor.startsWith('token:');
    return byToken ? <TokenEnded /> : <SignIn ended={before.current !== null} />;
  }
  return <Places session={session.data} />;
}

function Places({ session }: { session: Session }) {
  const home = session.wallet ? `/wallets/${encodeURIComponent(session.wallet)}` : '/wallets';
  return (
    <Suspense fallback={<Waiting />}>
      <Switch>
        <Route path="/"><Redirect to={home} replace /></Route>
        <Route path="/sign-in"><Redirect to={home} replace /></Route>
        <Route path="/wallets">
          {session.wallet ? <Redirect to={home} replace /> : <Shell session={session}><WalletsPage session={session} /></Shell>}
        </Route>
        <Route path="/tariffs/:name?">
          {({ name }) => <Shell session={session}><TariffsPage name={name} /></Shell>}
        </Route>
        <Route path="/engine"><Shell session={session}><EnginePage /></Shell></Route>
        <Route path="/wallets/:wallet/*?">
          {({ wallet }) => (
            <WalletShell id={decodeURIComponent(wallet)} session={session} key={wallet}>
              <Suspense fallback={<Waiting />}>
                <Switch>
                  <Route path="/wallets/:wallet"><WalletPage /></Route>
                  <Route path="/wallets/:wallet/usage"><UsagePage /></Route>
                  <Route path="/wallets/:wallet/activity/:tab?">{({ tab }) => <ActivityPage tab={tab} />}</Route>
                  <Route path="/wallets/:wallet/numbers"><NumbersPage /></Route>
                  <Route path="/wallets/:wallet/numbers/:number">
                    {({ number }) => <NumberPage number={decodeURIComponent(number)} />}
                  </Route>
                  <Route path="/wallets/:wallet/settings"><SettingsPage /></Route>
                  <Route><Missing home={home} /></Route>
                </Switch>
              </Suspense>
            </WalletShell>
          )}
        </Route>
        <Route><Shell session={session}><Missing home={home} /></Shell></Route>
      </Switch>
    </Suspense>
  );
}

function Missing({ home }: { home: string }) {
  return (
    <Page title={t.notFound}>
      <Stack align="flex-start">
        <Text size="sm" c="dimmed">{location.pathname}</Text>
        <Button component={Link} href={home} variant="default">{t.toStart}</Button>
      </Stack>
    </Page>
  );
}
