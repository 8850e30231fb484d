import { expect, it } from 'vitest';
import { changesOf, rowsFor } from './rates';

const row = (prefix: string, price: string, direction = 'outbound') => ({ prefix, price, direction, kind: 'sms', sender_type: null, carrier: null });

it('finds the rows that change, come and go', () => {
  const before = [row('1', '0.01'), row('44', '0.04'), row('852', '0.05')];
  const after = [row('1', '0.01'), row('44', '0.05'), row('49', '0.07')];
  const changes = changesOf(before, after, (one) => one.price, 'rate');
  expect(changes.map(({ before, after }) => [before, after])).toEqual([
    ['0.04', '0.05'],
    [null, '0.07'],
    ['0.05', null],
  ]);
});

it('takes the longest prefix of each direction', () => {
  const rows = [row('*', '9'), row('4', '1'), row('44', '2'), row('447', '3'), row('44', '5', 'inbound'), row('1', '7')];
  expect(rowsFor(rows, '+44 20').map((one) => one.price)).toEqual(['2', '5']);
  expect(rowsFor(rows, '+7').map((one) => one.price)).toEqual(['9']);
});
