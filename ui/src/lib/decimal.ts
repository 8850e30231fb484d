// Amounts as the interface writes them: plain decimals with up to 9 places, in strings. Never through floating point.

const NANOS = 1_000_000_000n;

/** The amount in 1e-9 of the unit; null where the text is no plain decimal of at most 9 places. */
export function nanos(text: string): bigint | null {
  const match = /^(-?)(\d{1,18})(?:\.(\d{1,9}))?$/.exec(text.trim());
  if (!match) return null;
  const [, sign, whole = '0', fraction = ''] = match;
  const magnitude = BigInt(whole) * NANOS + BigInt(fraction.padEnd(9, '0'));
  return sign ? -magnitude : magnitude;
}

/** The decimal of so many 1e-9. */
export function decimal(amount: bigint): string {
  const magnitude = amount < 0n ? -amount : amount;
  const fraction = String(magnitude % NANOS).padStart(9, '0').replace(/0+$/, '');
  return `${amount < 0n ? '-' : ''}${magnitude / NANOS}${fraction ? `.${fraction}` : ''}`;
}

export function isNegative(text: string): boolean {
  return (nanos(text) ?? 0n) < 0n;
}

export function isZero(text: string): boolean {
  return nanos(text) === 0n;
}

export function negated(text: string): string {
  return decimal(-(nanos(text) ?? 0n));
}

export function sum(texts: string[]): string {
  return decimal(texts.reduce((all, text) => all + (nanos(text) ?? 0n), 0n));
}

/** What somebody typed, as the interface takes it: a decimal comma counts as a point, blanks and grouping go. */
export function typed(text: string): string {
  const plain = text.replace(/[\s'’]/g, '');
  if (/^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(plain)) return plain.replaceAll(',', '');
  return plain.replace(/^(-?\d+),(\d{1,9})$/, '$1.$2');
}

/** The most decimal places that any of the amounts has, but 2 at least. */
export function placesOf(texts: string[]): number {
  return texts.reduce((most, text) => Math.max(most, text.split('.')[1]?.length ?? 0), 2);
}
