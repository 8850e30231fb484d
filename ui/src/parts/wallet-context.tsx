// The wallet that a page is of, how it is shown, and what whoever is signed in may do with it.
import { createContext, useContext } from 'react';
import type { Connection } from '../api/live';
import type { Session, Wallet } from '../api/queries';
import { formatOf, type Format } from '../lib/format';

export interface WalletContext {
  id: string;
  wallet: Wallet;
  format: Format;
  connection: Connection;
  session: Session;
  may(action: string): boolean;
}

const Context = createContext<WalletContext | null>(null);
export const WalletProvider = Context.Provider;

export function useWallet(): WalletContext {
  const found = useContext(Context);
  if (!found) throw new Error('only inside a wallet');
  return found;
}

/** The same for pages that belong to no wallet. */
export const plainFormat = (currency = 'USD') =>
  formatOf(currency, Intl.DateTimeFormat().resolvedOptions().timeZone);
