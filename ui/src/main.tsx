import '@mantine/core/styles.css';
import '@mantine/dates/styles.css';
import '@mantine/notifications/styles.css';
import './page.css';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { setNonce } from 'get-nonce';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Problem } from './api/client';
import { session } from './api/queries';
import { App } from './app';
import { takeToken } from './pages/sign-in';
import { theme } from './theme';

const nonce = document.querySelector<HTMLMetaElement>('meta[name=style-nonce]')?.content ?? '';
setNonce(nonce);

const client: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    // Whoever is no longer signed in is told so, wherever it shows first.
    onError: (error, query) => {
      const shutOut = error instanceof Problem && error.status === 401 && query.queryKey[0] !== session.queryKey[0];
      if (shutOut) void client.invalidateQueries({ queryKey: session.queryKey });
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      // What was refused is refused again; what did not get through may get through.
      retry: (failures, error) => failures < 3 && error instanceof Problem && (error.status === 0 || error.status >= 500),
    },
  },
});

const token = takeToken();
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => nonce}>
      <Notifications position="top-right" autoClose={6000} />
      <QueryClientProvider client={client}>
        <App token={token} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
