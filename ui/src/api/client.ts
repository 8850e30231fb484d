// Calls to the interface. Types are generated from its description; every error is a Problem.
import createClient, { type Middleware } from 'openapi-fetch';
import type { components, paths } from './schema';

export type Schemas = components['schemas'];

/** An error answer of the interface (RFC 9457), or a connection that failed. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly field?: string,
  ) {
    super(detail);
  }

  static async of(response: Response): Promise<Problem> {
    const document = await response.clone().json().catch(() => null);
    const text = (name: string) => (typeof document?.[name] === 'string' ? document[name] : undefined);
    return new Problem(response.status, text('code') ?? 'internal', text('detail') ?? response.statusText, text('field'));
  }
}

/** No other site can have a browser send this: it is what tells the page from anybody else. */
export const PAGE_HEADER = { 'Farebox-Page': '1' };

const problems: Middleware = {
  async onResponse({ response }) {
    if (!response.ok) throw await Problem.of(response);
  },
  onError({ error }) {
    return error instanceof Problem ? error : new Problem(0, 'unreachable', String(error));
  },
};

export const api = createClient<paths>({ baseUrl: '/', headers: PAGE_HEADER });
api.use(problems);

/** The body of an answer that is there, since every error has been thrown. */
export async function body<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T;
}

export function idempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
