// Days as texts such as 2026-07-15, counted without any clock or zone.

const MILLIS = 86_400_000;

const utc = (day: string) => Date.parse(`${day}T00:00:00Z`);
const text = (millis: number) => new Date(millis).toISOString().slice(0, 10);

/** The local day of an instant in a zone. */
export function dayIn(instant: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  return parts.format(instant);
}

export function isDay(given: string | null | undefined): given is string {
  return !!given && /^\d{4}-\d{2}-\d{2}$/.test(given) && !Number.isNaN(utc(given)) && text(utc(given)) === given;
}

export function plusDays(day: string, days: number): string {
  return text(utc(day) + days * MILLIS);
}

/** How many days a range has, both ends included. */
export function daysOf(from: string, to: string): number {
  return Math.round((utc(to) - utc(from)) / MILLIS) + 1;
}

export function firstOfMonth(day: string): string {
  return `${day.slice(0, 7)}-01`;
}

export function lastOfMonth(day: string): string {
  const [year = 0, month = 1] = day.split('-').map(Number);
  return text(Date.UTC(year, month, 0));
}

/** The first day of the month so many months later. */
export function monthsLater(day: string, months: number): string {
  const [year = 0, month = 1] = day.split('-').map(Number);
  return text(Date.UTC(year, month - 1 + months, 1));
}

export function eachDay(from: string, to: string): string[] {
  return Array.from({ length: Math.max(0, daysOf(from, to)) }, (_, at) => plusDays(from, at));
}
