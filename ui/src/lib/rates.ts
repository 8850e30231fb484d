// Rows of tariffs: what changes between two versions, and which row a number falls under.

interface Applies {
  direction?: string | null;
  kind?: string | null;
  prefix: string;
  sender_type?: string | null;
  carrier?: string | null;
  type?: string | null;
}

export interface Change {
  key: string;
  what: string;
  before: string | null;
  after: string | null;
}

const keyOf = (row: Applies) =>
  [row.direction, row.kind, row.prefix, row.sender_type ?? row.type, row.carrier].map((part) => part ?? '').join(' ');

/** The rows whose price differs, or that stand in one of the two only. */
export function changesOf<R extends Applies>(before: R[], after: R[], price: (row: R) => string, what: string): Change[] {
  const old = new Map(before.map((row) => [keyOf(row), row]));
  const changes: Change[] = [];
  for (const row of after) {
    const key = keyOf(row);
    const was = old.get(key);
    old.delete(key);
    if (!was || price(was) !== price(row)) changes.push({ key, what, before: was ? price(was) : null, after: price(row) });
  }
  for (const [key, row] of old) changes.push({ key, what, before: price(row), after: null });
  return changes.sort((one, other) => one.key.localeCompare(other.key));
}

/** Of each direction, kind, sender and carrier the row with the longest prefix that a number begins with. */
export function rowsFor<R extends Applies>(rows: R[], number: string): R[] {
  const digits = number.replace(/\D/g, '');
  const best = new Map<string, R>();
  for (const row of rows) {
    if (row.prefix !== '*' && !digits.startsWith(row.prefix)) continue;
    const key = [row.direction, row.kind, row.sender_type ?? row.type, row.carrier].join(' ');
    const longest = best.get(key);
    const length = (one: R) => (one.prefix === '*' ? 0 : one.prefix.length);
    if (!longest || length(longest) < length(row)) best.set(key, row);
  }
  return [...best.values()];
}
