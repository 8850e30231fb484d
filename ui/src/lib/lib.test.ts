import { describe, expect, it } from 'vitest';
import { dayIn, daysOf, eachDay, isDay, lastOfMonth, monthsLater, plusDays } from './days';
import { decimal, nanos, negated, sum, typed } from './decimal';
import { addressOf, filtersOf } from './filters';
import { countryName, formatOf } from './format';

describe('amounts', () => {
  it('are read and written to the last place', () => {
    for (const text of ['0', '12.5', '-0.0079', '9223372036.854775807', '-9223372036.854775808', '0.000000001']) {
      expect(decimal(nanos(text)!)).toBe(text);
    }
    for (const text of ['', '.', '1.', '1e3', '1.0000000001', 'NaN', '--1', '1,5']) expect(nanos(text)).toBeNull();
  });
  it('are added without rounding', () => {
    expect(sum(['0.1', '0.2', '-0.000000001'])).toBe('0.299999999');
    expect(negated('0')).toBe('0');
  });
  it('are taken as people type them', () => {
    for (const [given, want] of [['12,5', '12.5'], ['1,000', '1000'], ['1 000', '1000'], ['1,234.5', '1234.5'], ['x', 'x']]) {
      expect(typed(given!)).toBe(want);
    }
  });
});

describe('days', () => {
  it('are counted over months, leap years and changes of the clock', () => {
    expect(plusDays('2026-03-28', 2)).toBe('2026-03-30');
    expect(daysOf('2028-01-01', '2028-12-31')).toBe(366);
    expect(lastOfMonth('2028-02-10')).toBe('2028-02-29');
    expect(monthsLater('2026-11-30', 2)).toBe('2027-01-01');
    expect(eachDay('2026-02-27', '2026-03-01')).toEqual(['2026-02-27', '2026-02-28', '2026-03-01']);
    for (const text of ['2026-02-30', '2026-2-3', '', null, 'x']) expect(isDay(text)).toBe(false);
  });
  it('are those of the zone, wherever the browser is', () => {
    const instant = new Date('2026-07-15T03:30:00Z');
    expect(dayIn(instant, 'America/New_York')).toBe('2026-07-14');
    expect(dayIn(instant, 'Asia/Hong_Kong')).toBe('2026-07-15');
  });
});

describe('formats', () => {
  it('follow locale, currency and zone', () => {
    const us = formatOf('USD', 'America/New_York', 'en-US');
    expect(us.money('12.999999999')).toBe('$12.99');
    expect(us.exact('0.0079')).toBe('$0.0079');
    expect(us.money('-9223372036.854775808')).toBe('-$9,223,372,036.85');
    expect(us.date('2026-07-15T03:30:00Z')).toBe('Jul 14, 2026');
    expect(us.day('2026-07-14')).toBe('Jul 14, 2026');
    expect(formatOf('EUR', 'Europe/Berlin', 'de-DE').money('1234.5').replace(/\s/g, ' ')).toBe('1.234,50 €');
  });
  it('name countries, and show what is none as it is', () => {
    expect(countryName('DE', 'en')).toBe('Germany');
    expect(countryName('no country', 'en')).toBe('no country');
  });
});

describe('filters', () => {
  it('come back from the address as they were', () => {
    const address = new URLSearchParams(
      'from=2026-07-01&to=2026-07-31&channel=%2B14155550100&channel=ACME&campaign=&kind=sms&by=campaign&measure=units',
    );
    const filters = filtersOf(address, '2026-08-05');
    expect(filters.channels).toEqual(['+14155550100', 'ACME']);
    expect(filters.campaigns).toEqual(['']);
    expect(filtersOf(addressOf(filters), '2030-01-01')).toEqual(filters);
  });
  it('leave out what is none', () => {
    const filters = filtersOf(new URLSearchParams('from=2026-13-01&to=x&kind=fax&by=colour&country=us'), '2026-08-05');
    expect(filters).toMatchObject({ from: '2026-08-01', to: '2026-08-05', kind: null, by: 'day', country: null });
  });
});
