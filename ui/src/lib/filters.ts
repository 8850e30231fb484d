// What a view of usage is of, as it stands in the address: a view that is shared is the same view.

import { daysOf, firstOfMonth, isDay } from './days';

export const GROUPS = ['day', 'month', 'channel', 'campaign', 'country', 'kind', 'direction'] as const;
export type Group = (typeof GROUPS)[number];
export const AXES = ['occurred', 'posted'] as const;
export const DAYS_MAX = 366;

export interface Filters {
  from: string;
  to: string;
  axis: (typeof AXES)[number];
  channels: string[];
  campaigns: string[];
  kind: string | null;
  direction: string | null;
  country: string | null;
  by: Group;
  measure: 'cost' | 'units';
}

const oneOf = <T extends string>(given: string | null, all: readonly T[]): T | null =>
  all.find((one) => one === given) ?? null;

/** From an address; whatever in it is no filter counts as not given. `today` is the wallet's. */
export function filtersOf(address: URLSearchParams, today: string): Filters {
  const [from, to] = [address.get('from'), address.get('to')];
  const range = isDay(from) && isDay(to) && daysOf(from, to) >= 1 ? { from, to } : { from: firstOfMonth(today), to: today };
  const country = address.get('country');
  return {
    ...range,
    axis: oneOf(address.get('axis'), AXES) ?? 'occurred',
    channels: address.getAll('channel').filter(Boolean).slice(0, 100),
    campaigns: address.getAll('campaign').slice(0, 100),
    kind: oneOf(address.get('kind'), ['sms', 'mms']),
    direction: oneOf(address.get('direction'), ['outbound', 'inbound']),
    country: country && /^[A-Z]{2}$/.test(country) ? country : null,
    by: oneOf(address.get('by'), GROUPS) ?? 'day',
    measure: oneOf(address.get('measure'), ['cost', 'units']) ?? 'cost',
  };
}

/** What of the filters the interface is asked with. */
export function queryOf(filters: Filters): URLSearchParams {
  const query = new URLSearchParams({ from: filters.from, to: filters.to });
  if (filters.axis !== 'occurred') query.set('axis', filters.axis);
  filters.channels.forEach((channel) => query.append('channel', channel));
  filters.campaigns.forEach((campaign) => query.append('campaign', campaign));
  for (const name of ['kind', 'direction', 'country'] as const) {
    const value = filters[name];
    if (value) query.set(name, value);
  }
  return query;
}

/** The whole of the filters, for the address. */
export function addressOf(filters: Filters): URLSearchParams {
  const address = queryOf(filters);
  if (filters.by !== 'day') address.set('by', filters.by);
  if (filters.measure !== 'cost') address.set('measure', filters.measure);
  return address;
}
