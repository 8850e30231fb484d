// How amounts, numbers and times are shown: by the browser's locale, in the wallet's currency and zone.

export interface Format {
  currency: string;
  zone: string;
  /** To whole minor units, cut and never rounded up: what is shown is there. */
  money(amount: string): string;
  /** All of its places. */
  exact(amount: string): string;
  /** To so many places: amounts of one column, so that they stand under each other. */
  fixed(places: number): (amount: string) => string;
  number(count: number): string;
  /** A local day such as 2026-07-15. */
  day(day: string): string;
  shortDay(day: string): string;
  /** A month such as 2026-07. */
  month(month: string): string;
  /** An instant, by its day in the wallet's zone. */
  date(instant: string): string;
  time(instant: string): string;
  dateTime(instant: string): string;
}

export function formatOf(currency: string, zone: string, locale?: string): Format {
  const decimals = { maximumFractionDigits: 9 } as const;
  const money = currencyFormat(locale, { style: 'currency', currency, roundingMode: 'trunc' });
  const exact = currencyFormat(locale, { style: 'currency', currency, ...decimals });
  const number = new Intl.NumberFormat(locale);
  const at = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options);
  const utcDay = at({ timeZone: 'UTC', dateStyle: 'medium' });
  const utcShort = at({ timeZone: 'UTC', day: 'numeric', month: 'short' });
  const utcMonth = at({ timeZone: 'UTC', month: 'long', year: 'numeric' });
  const day = at({ timeZone: zone, dateStyle: 'medium' });
  const time = at({ timeZone: zone, timeStyle: 'short' });
  const both = at({ timeZone: zone, dateStyle: 'medium', timeStyle: 'short' });
  const text = (amount: string) => amount as unknown as number;
  return {
    currency,
    zone,
    money: (amount) => money.format(text(amount)),
    exact: (amount) => exact.format(text(amount)),
    fixed: (places) => {
      const fixed = currencyFormat(locale, {
        style: 'currency',
        currency,
        minimumFractionDigits: places,
        maximumFractionDigits: places,
      });
      return (amount) => fixed.format(text(amount));
    },
    number: (count) => number.format(count),
    day: (given) => utcDay.format(new Date(`${given}T00:00:00Z`)),
    shortDay: (given) => utcShort.format(new Date(`${given}T00:00:00Z`)),
    month: (given) => utcMonth.format(new Date(`${given}-01T00:00:00Z`)),
    date: (instant) => day.format(new Date(instant)),
    time: (instant) => time.format(new Date(instant)),
    dateTime: (instant) => both.format(new Date(instant)),
  };
}

/** The name of a country, or its code where the browser knows none. */
export function countryName(code: string, locale?: string): string {
  try {
    return new Intl.DisplayNames(locale, { type: 'region' }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** A currency that the browser does not know is shown by its code all the same. */
function currencyFormat(locale: string | undefined, options: Intl.NumberFormatOptions & { roundingMode?: string }) {
  try {
    return new Intl.NumberFormat(locale, options as Intl.NumberFormatOptions);
  } catch {
    const { maximumFractionDigits } = options;
    return new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: Math.max(maximumFractionDigits ?? 2, 2) });
  }
}
