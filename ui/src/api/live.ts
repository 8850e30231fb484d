// The stream of a wallet's events: balance and status as they change, and when what else is shown has become old.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { tell } from '../lib/clock';
import { refresh, wallet as walletQuery, type Wallet } from './queries';

export type Connection = 'connecting' | 'live' | 'lost';
type LiveWallet = Wallet & { seq: number; now: string };

/** How long a stream may be silent: its heartbeat comes every 15 seconds. */
const SILENCE_MAX = 40_000;
/** A busy wallet changes all the time; what is derived from it is asked for at most so often. */
const REFRESH_EVERY = 3_000;
const TRY_AGAIN_AFTER = 5_000;

export function useLive(id: string): Connection {
  const client = useQueryClient();
  const [connection, setConnection] = useState<Connection>('connecting');

  useEffect(() => {
    let source: EventSource | undefined;
    let silence: ReturnType<typeof setTimeout> | undefined;
    let again: ReturnType<typeof setTimeout> | undefined;
    let refreshing: ReturnType<typeof setTimeout> | undefined;
    let seq = -1;

    const heard = () => {
      setConnection('live');
      clearTimeout(silence);
      silence = setTimeout(open, SILENCE_MAX);
    };
    const refreshSoon = (after: number) => {
      refreshing ??= setTimeout(() => {
        refreshing = undefined;
        void refresh(client, id);
      }, after);
    };
    const open = () => {
      // A browser has few connections to one server: tabs that nobody sees hold none of them.
      if (document.hidden) return;
      clearTimeout(silence);
      clearTimeout(again);
      source?.close();
      source = new EventSource(`/v1/wallets/${encodeURIComponent(id)}/events`);
      source.addEventListener('wallet', (event) => {
        const told: LiveWallet = JSON.parse(event.data);
        tell(told.now);
        client.setQueryData(walletQuery(id).queryKey, told);
        if (seq >= 0 || told.seq !== seq) refreshSoon(seq < 0 ? 0 : REFRESH_EVERY);
        seq = told.seq;
        heard();
      });
      source.addEventListener('top_up', () => {
        refreshSoon(0);
        heard();
      });
      source.addEventListener('time', (event) => {
        tell(JSON.parse(event.data).now);
        heard();
      });
      source.addEventListener('end', () => {
        source?.close();
        setConnection('lost');
        void client.invalidateQueries({ queryKey: ['session'] });
      });
      source.onerror = () => {
        setConnection('lost');
        // It tries again by itself unless it was refused.
        if (source?.readyState === EventSource.CLOSED) {
          void client.invalidateQueries({ queryKey: ['session'] });
          again = setTimeout(open, TRY_AGAIN_AFTER);
        }
      };
    };
    // A browser that has no network says so at once; the stream would be missed only when its heartbeat is.
    const offline = () => {
      clearTimeout(silence);
      source?.close();
      setConnection('lost');
    };
    const seen = () => {
      if (!document.hidden) return open();
      [silence, again].forEach(clearTimeout);
      source?.close();
      setConnection('connecting');
    };
    document.addEventListener('visibilitychange', seen);
    addEventListener('offline', offline);
    addEventListener('online', open);
    open();
    return () => {
      document.removeEventListener('visibilitychange', seen);
      removeEventListener('offline', offline);
      removeEventListener('online', open);
      source?.close();
      [silence, again, refreshing].forEach(clearTimeout);
    };
  }, [client, id]);

  return connection;
}
