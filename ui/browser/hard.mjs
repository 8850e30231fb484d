// Slow, failing and lost connections; much of everything; nothing at all; very long names and amounts.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Engine, messages, OPERATOR_KEY } from './engine.mjs';
import { look, signIn, until, visitor } from './browser.mjs';

const WALLETS = 10_000;
const NUMBERS = 200;
const DAYS = 365;
const MESSAGES = Number(process.env.FAREBOX_BROWSER_MESSAGES ?? 100_000);

/** An engine with a wallet of 50 dollars, and somebody who has not signed in yet. */
async function funded(program, browser) {
  const engine = await Engine.start(program);
  const client = engine.client();
  await client.open('acme');
  await client.credit('acme', '50');
  return { engine, client, ...(await visitor(browser, engine.url)) };
}

/** The same, with the operator at the wallet's page. */
async function watched(program, browser) {
  const world = await funded(program, browser);
  await signIn(world.page, world.engine.url, { key: OPERATOR_KEY });
  await world.page.goto('/wallets/acme');
  await world.page.getByText('Live', { exact: true }).waitFor();
  return world;
}

/** The connection is lost and comes back; a call fails and is tried again; answers take their time. */
export async function connections(program, browser) {
  const { engine, client, context, page } = await watched(program, browser);

  await context.setOffline(true);
  await page.getByText(/^As of /).waitFor();
  await page.screenshot({ path: new URL('../test-output/40-offline.png', import.meta.url).pathname });
  await client.events(messages('acme', 'away', 10));
  assert.equal(await page.getByTestId('balance').textContent(), '$50.00', 'what was known stays');
  await context.setOffline(false);
  await page.getByText('Live', { exact: true }).waitFor();
  await until(() => page.getByTestId('balance').textContent(), '$40.00', 'what happened meanwhile');

  // A server that fails says so calmly, and is asked again.
  let failing = true;
  await page.route('**/usage?*', (route) => (failing ? route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"code":"unavailable","detail":"x"}' }) : route.continue()));
  await page.goto('/wallets/acme/usage');
  await page.getByText('This is not available at the moment').first().waitFor();
  failing = false;
  await page.getByRole('button', { name: 'Try again' }).first().click();
  await page.getByTestId('usage-table').waitFor();
  await page.unroute('**/usage?*');

  // A top-up that fails leaves the dialog as it was.
  await page.goto('/wallets/acme');
  await page.route('**/top-ups', (route) => route.abort());
  await page.getByRole('button', { name: 'Top up', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Pay $50.00' }).click();
  await page.getByText('The server cannot be reached').waitFor();
  await page.keyboard.press('Escape');
  await page.unroute('**/top-ups');

  // Slowly all of it comes, and waits say that they are.
  await page.route('**/v1/**', async (route) => {
    await new Promise((later) => setTimeout(later, 700));
    await route.continue();
  });
  await page.goto('/wallets/acme/usage');
  await page.getByLabel('Loading').first().waitFor();
  await page.getByTestId('usage-table').waitFor();
  await context.close();
  await engine.stop();
}

/** An engine that restarts is missed, and found again; nobody is signed out by it. */
export async function restart(program, browser) {
  const { engine, client, context, page } = await watched(program, browser);
  await engine.restart(async () => {
    await page.getByText(/^As of /).waitFor();
    assert.equal(await page.getByTestId('balance').textContent(), '$50.00', 'what was known stays');
  });
  await page.getByText('Live', { exact: true }).waitFor();
  await client.events(messages('acme', 'after', 10));
  await until(() => page.getByTestId('balance').textContent(), '$40.00', 'the balance after the restart');
  await context.close();
  await engine.stop();
}

/** Many wallets, many numbers, a year of messages, a very long name, a very large amount. */
export async function much(program, browser) {
  const engine = await Engine.start(program, { at: '2025-09-01T04:00:00Z' });
  const client = engine.client();
  await client.open('acme', { name: 'A workspace whose name goes on and on '.repeat(5).slice(0, 199) });
  await client.credit('acme', '9000000000');
  const names = Array.from({ length: WALLETS }, (_, at) => `w-${String(at).padStart(5, '0')}`);
  for (let at = 0; at < names.length; at += 100) {
    await Promise.all(names.slice(at, at + 100).map((name) => client.open(name)));
  }
  for (let at = 0; at < NUMBERS; at += 20) {
    await Promise.all(
      Array.from({ length: 20 }, (_, more) => client.post('/v1/wallets/acme/numbers', { number: numberOf(at + more) })),
    );
  }
  await year(client);
  const { context, page, said } = await visitor(browser, engine.url);
  await signIn(page, engine.url, { key: OPERATOR_KEY });

  await page.goto('/wallets');
  await page.getByLabel('Find a wallet').fill('w-0777');
  await page.getByRole('link', { name: 'w-07770' }).waitFor();
  await page.getByLabel('Find a wallet').fill('');
  await page.getByRole('link', { name: /A workspace whose name/ }).waitFor();
  await page.getByRole('button', { name: 'Next page' }).click();
  await page.getByRole('link', { name: 'w-00030' }).waitFor();
  await look(page, '41-many-wallets');

  await page.goto('/wallets/acme/numbers');
  await page.getByRole('link', { name: numberOf(0) }).waitFor();
  await page.getByLabel('Find a number').fill('1199');
  await page.getByRole('link', { name: '+14155551199' }).waitFor();
  await look(page, '42-many-numbers');
  await page.goto('/wallets/acme');
  await page.getByTestId('balance').waitFor();
  await look(page, '43-long');

  // A year in one view: the table, the chart and the interface have all of it.
  for (const by of ['day', 'channel']) {
    const since = performance.now();
    await page.goto(`/wallets/acme/usage?from=2025-09-01&to=2026-08-31&by=${by}`);
    await page.getByTestId('usage-chart').waitFor();
    console.log(`usage of a year with ${MESSAGES} messages by ${by} after ${Math.round(performance.now() - since)} ms`);
    const units = await page.locator('[data-testid=usage-table] tfoot td').nth(1).textContent();
    assert.equal(units.replaceAll(',', ''), String(MESSAGES), `units of a year by ${by}`);
  }
  await look(page, '44-year');

  // The file of every message says how far it is, and is whole.
  await page.getByRole('button', { name: 'Export .CSV' }).click();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'Every message and charge' }).click(),
    page.getByRole('progressbar').waitFor(),
  ]);
  const rows = readFileSync(await file.path(), 'latin1').split('\r\n').filter((line) => line.includes('message.outbound') || line.includes(',charge,')).length;
  assert.equal(rows, MESSAGES, 'messages in the file');

  await page.goto('/wallets/acme/activity');
  const since = performance.now();
  await page.getByLabel('Search').fill(`m-364-${MESSAGES - 1}`);
  await until(() => page.getByRole('button', { name: /explain entry/ }).locator('visible=true').count(), 1, 'an entry found by its id');
  console.log(`an entry found after ${Math.round(performance.now() - since)} ms`);

  // The first paint, with nothing kept from before.
  const fresh = await visitor(browser, engine.url);
  await signIn(fresh.page, engine.url, { key: OPERATOR_KEY });
  await fresh.page.goto('/wallets/acme');
  await fresh.page.getByTestId('balance').waitFor();
  const paint = await fresh.page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1);
  const shown = await fresh.page.evaluate(() => performance.now());
  console.log(`first paint after ${Math.round(paint)} ms, the balance within ${Math.round(shown)} ms`);
  assert.ok(paint >= 0, 'there was a first paint');
  await fresh.context.close();
  assert.deepEqual(said, [], 'what the pages said');
  await context.close();
  await engine.stop();
}

const numberOf = (at) => `+1415555${1000 + at}`;

/** Messages of a year, some each day, over all numbers and a few campaigns. */
async function year(client) {
  const since = performance.now();
  let sent = 0;
  for (let day = 0; day < DAYS; day += 1) {
    await client.advance(new Date(Date.parse('2025-09-01T16:00:00Z') + day * 86_400_000).toISOString());
    const upTo = Math.round(((day + 1) * MESSAGES) / DAYS);
    while (sent < upTo) {
      const count = Math.min(upTo - sent, 20_000);
      const first = sent;
      await client.events(
        Array.from({ length: count }, (_, at) => ({
          id: `m-${day}-${first + at}`,
          type: 'message.outbound',
          wallet: 'acme',
          channel: numberOf((first + at) % NUMBERS),
          peer: '+491511234567',
          kind: at % 7 === 0 ? 'mms' : 'sms',
          campaign: `campaign ${(first + at) % 12}`,
          ...(at % 7 === 0 ? {} : { text: 'hi' }),
        })),
      );
      sent += count;
    }
  }
  console.log(`${sent} messages of ${DAYS} days sent in ${Math.round((performance.now() - since) / 1000)} s`);
}

/** Everything with the keyboard alone: to the top-up, through its tabs, and out again. */
export async function keyboard(program, browser) {
  const { engine, context, page } = await funded(program, browser);
  await page.goto('/wallets/acme');
  // The field has the focus already.
  await page.getByLabel(/^Key/).waitFor();
  await page.keyboard.type(OPERATOR_KEY);
  await page.keyboard.press('Enter');
  await page.getByTestId('balance').waitFor();
  await page.keyboard.press('Tab');
  assert.equal(await focused(page), 'Skip to content', 'the first stop');
  await page.keyboard.press('Enter');
  const seen = [];
  for (let at = 0; at < 12 && !seen.includes('Top up'); at += 1) {
    await page.keyboard.press('Tab');
    seen.push(await focused(page));
  }
  assert.ok(seen.includes('Top up'), `the way to the top-up: ${seen}`);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await until(() => page.evaluate(() => document.activeElement?.tagName), 'INPUT', 'the focus in the dialog');
  await page.getByRole('tab', { name: 'Manual' }).focus();
  await page.keyboard.press('ArrowRight');
  await page.getByRole('switch', { name: 'Auto top-up' }).focus();
  await page.keyboard.press('Space');
  await page.getByLabel('Minimum balance').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  assert.equal(await focused(page), 'Top up', 'the focus goes back to where it was');

  // A number is bought, an entry is explained, a chart is read bar by bar.
  await page.getByRole('navigation').getByRole('link', { name: 'Numbers' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Buy number' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByLabel('Number').waitFor();
  await page.keyboard.type('+14155550100');
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: '+14155550100' }).waitFor();
  await page.getByRole('navigation').getByRole('link', { name: 'Activity' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'explain entry 2' }).locator('visible=true').focus();
  await page.keyboard.press('Enter');
  await page.getByText('How it comes about').waitFor();
  await page.keyboard.press('Escape');
  await page.getByText('How it comes about').waitFor({ state: 'hidden' });
  await page.getByRole('navigation').getByRole('link', { name: 'Usage' }).focus();
  await page.keyboard.press('Enter');
  await page.getByTestId('usage-chart').focus();
  await page.keyboard.press('End');
  await page.getByTestId('bar').getByText('$5.00').first().waitFor();
  await context.close();
  await engine.stop();
}

const focused = (page) => page.evaluate(() => (document.activeElement?.textContent?.trim() ?? '').slice(0, 100));
