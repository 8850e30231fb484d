// Signing in: with a key that somebody types, or with a token that a host product has put behind the `#` of the address.
import { Box, Button, Card, Center, Loader, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, body, Problem } from '../api/client';
import { become, type Session } from '../api/queries';
import { tell } from '../lib/clock';
import { messageOf, Trouble } from '../parts/parts';
import { t } from '../texts';

/** Takes the token out of the address, so that it stands in no history. What is behind the `#` is sent to nobody. */
export function takeToken(): string | null {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token) history.replaceState(null, '', location.pathname + location.search);
  return token;
}

async function signIn(order: { key?: string; token?: string; framed?: boolean }): Promise<Session> {
  const session = await body(
    api.POST('/v1/session', { params: { header: { 'Farebox-Page': '1' } }, body: { framed: false, ...order } }),
  );
  tell(session.now, session.test_clock);
  return session;
}

export function SignIn({ ended }: { ended: boolean }) {
  const client = useQueryClient();
  const [key, setKey] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const submit = async () => {
    setBusy(true);
    setError(null);
    try {
      const session = await signIn({ key: key.trim() });
      become(client, session);
    } catch (failed) {
      const unknown = failed instanceof Problem && failed.status === 401;
      setError(unknown ? t.signIn.wrong : failed instanceof Problem && failed.code === 'forbidden' ? failed.detail : messageOf(failed));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Center mih="100dvh" p="md" component="main">
      <Card w="100%" maw={400} padding="xl">
        <form onSubmit={(event) => { event.preventDefault(); void submit(); }}>
          <Stack>
            <Box>
              <Text fw={700} c="dimmed" size="sm">{t.app}</Text>
              <Title order={1}>{t.signIn.title}</Title>
            </Box>
            {ended && <Text size="sm" role="status">{t.signIn.ended}</Text>}
            <Text size="sm" c="dimmed">{t.signIn.lead}</Text>
            <PasswordInput
              label={t.signIn.key}
              description={t.signIn.keyHint}
              value={key}
              onChange={(event) => setKey(event.currentTarget.value)}
              error={error}
              autoComplete="current-password"
              autoFocus
              required
            />
            <Button type="submit" loading={busy} disabled={!key.trim()}>{t.signIn.submit}</Button>
          </Stack>
        </form>
      </Card>
    </Center>
  );
}

/** Whoever came by a token has no key: the host product lets them in again. */
export function TokenEnded() {
  return (
    <Center mih="100dvh" p="md" component="main">
      <Text role="status">{t.signIn.tokenEnded}</Text>
    </Center>
  );
}

/** Exchanges the token for a session; the page is then as for anybody else. */
export function TokenSignIn({ token, done }: { token: string; done: () => void }) {
  const client = useQueryClient();
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    let gone = false;
    signIn({ token, framed: window.self !== window.top }).then(
      (session) => {
        if (gone) return;
        become(client, session);
        done();
      },
      (failed) => !gone && setError(failed),
    );
    return () => {
      gone = true;
    };
  }, [token, client, done]);
  return (
    <Center mih="100dvh" p="md" component="main">
      {error === null ? (
        <Loader aria-label={t.signIn.token} />
      ) : error instanceof Problem && error.status >= 400 && error.status < 500 ? (
        <Text role="alert">{t.signIn.tokenFailed}</Text>
      ) : (
        <Trouble error={error} />
      )}
    </Center>
  );
}
