// What the page asks for, each with the name that it is kept under.
import { keepPreviousData, queryOptions, type QueryClient } from '@tanstack/react-query';
import { tell } from '../lib/clock';
import { api, body, Problem, type Schemas } from './client';

export type Wallet = Schemas['Wallet'];
export type Session = Schemas['SessionInfo'];
export type TopUp = Schemas['TopUp'];
export type Entry = Schemas['Entry'];
export type PhoneNumber = Schemas['Number'];
export type Usage = Schemas['Usage'];

const at = (wallet: string) => ({ params: { path: { wallet } } });

export const session = queryOptions({
  queryKey: ['session'],
  staleTime: 60_000,
  queryFn: async () => {
    try {
      const found = await body(api.GET('/v1/session'));
      tell(found.now, found.test_clock);
      return found;
    } catch (error) {
      if (error instanceof Problem && error.status === 401) return null;
      throw error;
    }
  },
});

export const wallet = (id: string) =>
  queryOptions({
    queryKey: ['wallet', id],
    queryFn: () => body(api.GET('/v1/wallets/{wallet}', at(id))),
    // The stream brings what is new.
    staleTime: Infinity,
  });

export const wallets = (query: { search?: string; status?: string; cursor?: string; limit: number }) =>
  queryOptions({
    queryKey: ['wallets', query],
    placeholderData: keepPreviousData,
    queryFn: () => body(api.GET('/v1/wallets', { params: { query } })),
  });

export const pace = (id: string) =>
  queryOptions({ queryKey: ['of', id, 'pace'], queryFn: () => body(api.GET('/v1/wallets/{wallet}/pace', at(id))) });

export const usage = (id: string, query: URLSearchParams, enabled = true) =>
  queryOptions({
    queryKey: ['of', id, 'usage', query.toString()],
    enabled,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => getJson<Usage>(`/v1/wallets/${encodeURIComponent(id)}/usage?${query}`, signal),
  });

/** For parameters that repeat, which the generated client would write in another form. */
async function getJson<T>(path: string, signal: AbortSignal): Promise<T> {
  const response = await fetch(path, { signal });
  if (!response.ok) throw await Problem.of(response);
  return response.json();
}

/** What renting a number would cost, before it is rented. */
export const numberQuote = (id: string, number: string, type: string | null) =>
  queryOptions({
    queryKey: ['of', id, 'number-quote', number, type],
    retry: false,
    queryFn: () =>
      body(
        api.GET('/v1/wallets/{wallet}/numbers/{number}/quote', {
          params: { path: { wallet: id, number }, query: { type: type ?? undefined } },
        }),
      ),
  });

export const numbers = (id: string) =>
  queryOptions({
    queryKey: ['of', id, 'numbers'],
    queryFn: () => all((cursor) => body(api.GET('/v1/wallets/{wallet}/numbers', listOf(id, cursor)))),
  });

export const topUps = (id: string) =>
  queryOptions({
    queryKey: ['of', id, 'top-ups'],
    queryFn: () => all((cursor) => body(api.GET('/v1/wallets/{wallet}/top-ups', listOf(id, cursor)))),
  });

export const topUp = (id: string, top_up: string) =>
  queryOptions({
    queryKey: ['of', id, 'top-up', top_up],
    queryFn: () => body(api.GET('/v1/wallets/{wallet}/top-ups/{top_up}', { params: { path: { wallet: id, top_up } } })),
  });

export const autoTopUp = (id: string) =>
  queryOptions({
    queryKey: ['of', id, 'auto-top-up'],
    queryFn: () => body(api.GET('/v1/wallets/{wallet}/auto-top-up', at(id))),
  });

export const alertSettings = (id: string) =>
  queryOptions({
    queryKey: ['of', id, 'alert-settings'],
    queryFn: () => body(api.GET('/v1/wallets/{wallet}/alert-settings', at(id))),
  });

export const entries = (id: string, query: { search?: string; type?: string; cursor?: string; limit: number }) =>
  queryOptions({
    queryKey: ['of', id, 'entries', query],
    placeholderData: keepPreviousData,
    queryFn: () =>
      body(api.GET('/v1/wallets/{wallet}/entries', { params: { path: { wallet: id }, query: { ...query, order: 'newest' } } })),
  });

export const explanation = (id: string, seq: number) =>
  queryOptions({
    queryKey: ['of', id, 'explain', seq],
    queryFn: () =>
      body(api.GET('/v1/wallets/{wallet}/entries/{seq}/explain', { params: { path: { wallet: id, seq } } })),
  });

export const statements = (id: string) =>
  queryOptions({
    queryKey: ['of', id, 'statements'],
    queryFn: () => all((cursor) => body(api.GET('/v1/wallets/{wallet}/statements', listOf(id, cursor)))),
  });

export const webhooks = queryOptions({
  queryKey: ['webhooks'],
  queryFn: () => all((cursor) => body(api.GET('/v1/webhooks', { params: { query: { limit: 1000, cursor } } }))),
});

export const deliveries = (id: string) =>
  queryOptions({
    queryKey: ['webhooks', id, 'deliveries'],
    queryFn: () =>
      all((cursor) =>
        body(api.GET('/v1/webhooks/{id}/deliveries', { params: { path: { id }, query: { limit: 1000, cursor } } })),
      ),
  });

export const keys = queryOptions({
  queryKey: ['keys'],
  queryFn: () => all((cursor) => body(api.GET('/v1/keys', { params: { query: { limit: 1000, cursor } } }))),
});

export const tariffs = queryOptions({
  queryKey: ['tariffs'],
  queryFn: () => all((cursor) => body(api.GET('/v1/tariffs', { params: { query: { limit: 1000, cursor } } }))),
});

export const tariff = (name: string, version?: string) =>
  queryOptions({
    queryKey: ['tariffs', name, version ?? null],
    queryFn: () => body(api.GET('/v1/tariffs/{name}', { params: { path: { name }, query: { version } } })),
  });

const listOf = (wallet: string, cursor?: string) => ({ params: { path: { wallet }, query: { limit: 1000, cursor } } });

/** A whole list, page by page. Only for lists that have an end in sight. */
async function all<T>(page: (cursor?: string) => Promise<{ data: T[]; next_cursor: string | null }>): Promise<T[]> {
  const found: T[] = [];
  let cursor: string | undefined;
  do {
    const next = await page(cursor);
    found.push(...next.data);
    cursor = next.next_cursor ?? undefined;
  } while (cursor && found.length < 20_000);
  return found;
}

/** Everything that is told of a wallet is asked for anew. */
export function refresh(client: QueryClient, id: string) {
  return client.invalidateQueries({ queryKey: ['of', id] });
}

/** Somebody else is signed in now, or nobody: what was asked for before is forgotten. */
export function become(client: QueryClient, who: Session | null) {
  // The session's own query is watched by what is shown: it is changed, not removed.
  client.removeQueries({ predicate: (query) => query.queryKey[0] !== 'session' });
  client.setQueryData(session.queryKey, who);
}
