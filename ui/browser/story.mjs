// The whole story of a wallet, seen in a browser: from the first sign-in to the release of a number.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Engine, messages, OPERATOR_KEY } from './engine.mjs';
import { look, signIn, until, visitor } from './browser.mjs';

const NUMBER = '+14155550100';

const balance = (page) => page.getByTestId('balance').textContent();
const main = (page) => page.getByRole('main');
const go = (page, name) => page.getByRole('navigation').getByRole('link', { name, exact: true }).click();

/** Pays on the sandbox's page, to which the page has gone. */
async function pay(page, button = 'Pay') {
  await page.waitForURL(/\/sandbox\/stripe\/pay\//);
  await page.getByRole('button', { name: button, exact: true }).click();
}

export async function story(program, browser) {
  const engine = await Engine.start(program, { at: '2026-07-15T14:00:00Z' });
  const client = engine.client();
  const { context, page, said } = await visitor(browser, engine.url);

  // The first sign-in.
  await page.goto('/');
  await look(page, '01-sign-in');
  await page.getByLabel(/^Key/).fill('fbx_wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('This key is not known').waitFor();
  await page.getByLabel(/^Key/).fill(OPERATOR_KEY);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'All wallets' }).waitFor();
  const cookie = (await context.cookies()).find(({ name }) => name === 'farebox_session');
  assert.ok(cookie?.httpOnly && cookie.sameSite === 'Strict', `the session's cookie: ${JSON.stringify(cookie)}`);
  assert.equal(await page.evaluate(() => document.cookie + JSON.stringify(localStorage)), '{}', 'what scripts can read');

  // A wallet is opened; it starts suspended.
  await page.getByRole('button', { name: 'Open wallet' }).click();
  const opening = page.getByRole('dialog');
  await opening.getByLabel('Id').fill('acme');
  await opening.getByLabel('Name').fill('Acme Messaging');
  await opening.getByLabel('Time zone').fill('America/New_York');
  await page.getByRole('option', { name: 'America/New_York' }).click();
  await opening.getByRole('button', { name: 'Open wallet' }).click();
  await page.getByText('Messaging is suspended', { exact: true }).waitFor();
  await page.getByText('This wallet has no credit yet').waitFor();
  assert.equal(await balance(page), '$0.00');
  await look(page, '02-empty-wallet');

  // The first top-up, by a checkout that is abandoned and continued.
  await page.getByRole('button', { name: 'Top up' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Other amount').fill('5');
  await dialog.getByText('Enter an amount from $20.00 to $2,000.00.').waitFor();
  await dialog.getByRole('button', { name: '$100', exact: true }).click();
  await look(page, '03-top-up');
  await dialog.getByRole('button', { name: 'Pay $100.00' }).click();
  await pay(page, 'Abandon');
  await page.getByText('Waiting for your payment').waitFor();
  await page.getByRole('link', { name: 'Continue to pay' }).click();
  await pay(page);
  await page.getByText('$100.00 was added to the wallet').waitFor();
  await until(() => balance(page), '$100.00', 'the balance after the checkout');
  await main(page).getByText('Active', { exact: true }).first().waitFor();

  // A number is bought; from it, and from the settings, a way leads to the wallet.
  await go(page, 'Numbers');
  await page.getByRole('button', { name: 'Buy number' }).click();
  await dialog.getByLabel('Number').fill('+1 (415) 555-0100');
  await dialog.getByText('$5.00 now, then each month; next on Aug 15, 2026.').waitFor();
  await dialog.getByRole('button', { name: 'Buy number' }).click();
  await page.getByRole('link', { name: NUMBER }).click();
  await page.getByText('Aug 15, 2026, 12:00 AM').waitFor();
  await look(page, '04-number');
  await page.getByRole('link', { name: 'Manage wallet' }).click();
  await until(() => balance(page), '$95.00', 'the balance after the number');
  await go(page, 'Settings');
  await page.getByText('Plans and billing').waitFor();
  await page.getByRole('link', { name: 'Manage wallet' }).click();

  // Messages: the balance is live, without a reload.
  await page.evaluate(() => (globalThis.loadedOnce = true));
  await client.events(messages('acme', 'first', 10, { campaign: 'spring' }));
  await until(() => balance(page), '$85.00', 'the balance after ten messages');
  await client.events([
    { id: 'in-1', type: 'message.inbound', wallet: 'acme', channel: NUMBER, peer: '+14155550199', kind: 'sms', text: 'yes' },
    { id: 'mms-1', type: 'message.outbound', wallet: 'acme', channel: NUMBER, peer: '+491511234567', kind: 'mms' },
    { id: 'us-1', type: 'message.outbound', wallet: 'acme', channel: NUMBER, peer: '+14155550198', kind: 'sms', text: 'hi' },
  ]);
  await until(() => balance(page), '$80.99', 'the balance after three more');
  await page.getByText('SMS from +14155550100 to +14155550198').first().waitFor();
  assert.equal(await page.evaluate(() => globalThis.loadedOnce), true, 'the page was not loaded anew');
  await look(page, '05-wallet');

  // Every entry is explained.
  await page.getByRole('button', { name: /explain entry/ }).locator('visible=true').first().click();
  await page.getByText('How it comes about').waitFor();
  await page.waitForTimeout(400);
  await look(page, '06-explain');
  await page.keyboard.press('Escape');

  await usage(page, client, engine);
  await roles(page, browser, engine);

  // It runs dry, is suspended, and resumes with a top-up by checkout.
  await page.goto('/wallets/acme');
  await client.events(messages('acme', 'dry', 200));
  await until(() => balance(page), '$0.99', 'the balance run down by messages');
  await client.events([{ id: 'fee-1', type: 'carrier.fee', wallet: 'acme', amount: '0.9901', reason: 'surcharge' }]);
  await page.getByText('Messaging is suspended', { exact: true }).waitFor();
  await until(() => balance(page), '$0.00', 'the balance run dry');
  await look(page, '07-suspended');
  await main(page).getByRole('button', { name: 'Top up' }).last().click();
  await dialog.getByRole('button', { name: '$20', exact: true }).click();
  await dialog.getByRole('button', { name: 'Pay $20.00' }).click();
  await pay(page);
  await until(() => balance(page), '$20.00', 'the balance after the second checkout');
  await page.getByText('Messaging is suspended', { exact: true }).waitFor({ state: 'hidden' });

  // Auto top-up is set, fires, and is switched off as easily.
  await page.getByRole('button', { name: 'Manage: Auto top-up' }).click();
  await dialog.getByText('Visa ending in 4242').waitFor();
  await dialog.getByLabel('Auto top-up').check({ force: true });
  await dialog.getByLabel('Minimum balance').fill('15');
  await dialog.getByLabel('Amount added each time').fill('30');
  await look(page, '08-auto-top-up');
  await dialog.getByRole('button', { name: 'Confirm' }).click();
  await page.getByText('Adds $30.00 when $15.00 or less is available.').waitFor();
  await client.events(messages('acme', 'auto', 5));
  await until(() => balance(page), '$45.00', 'the balance after the automatic top-up');
  await page.getByRole('button', { name: 'Manage: Auto top-up' }).click();
  await dialog.getByText('Paid').first().waitFor();
  await dialog.getByRole('button', { name: 'Switch off' }).click();
  await page.getByText('When the balance runs out').waitFor();

  // Top-ups have receipts, and entries are found.
  await go(page, 'Activity');
  await page.getByLabel('Search').fill('first-3');
  await until(() => page.getByRole('button', { name: /explain entry/ }).locator('visible=true').count(), 1, 'entries found by an id');
  await look(page, '09-activity');
  await page.getByRole('tab', { name: 'Top-ups' }).click();
  await page.getByRole('button', { name: 'Receipt tu_1' }).click();
  await dialog.getByText('Acme Messaging (acme)').waitFor();
  await look(page, '10-receipt');
  await page.keyboard.press('Escape');
  await page.getByRole('tab', { name: 'Statements' }).click();
  const [statement] = await Promise.all([
    context.waitForEvent('page'),
    page.getByRole('link', { name: 'Open the statement of July 2026' }).click(),
  ]);
  await statement.getByText('Acme Messaging').first().waitFor();
  await statement.close();

  // Two unpaid cycles, and the number goes unless it is paid. Months of a test clock sign nobody out.
  await client.events(messages('acme', 'rest', 200));
  await client.advance('2026-08-15T12:00:00Z');
  await page.goto('/wallets/acme');
  await page.getByText('A number is past due').waitFor();
  await look(page, '11-past-due');
  await client.advance('2026-09-15T12:00:00Z');
  await page.goto('/wallets/acme');
  await page.getByText(`${NUMBER} is released on Oct 14, 2026 unless it is paid`).waitFor();
  await look(page, '12-release-scheduled');
  await go(page, 'Numbers');
  await page.getByText('Release scheduled').waitFor();
  await page.getByText('2 fees unpaid').waitFor();
  await look(page, '13-numbers');
  await client.advance('2026-10-15T12:00:00Z');
  await page.goto('/wallets/acme/numbers');
  await page.getByLabel('Show released numbers').check({ force: true });
  await page.getByText('Released on Oct 14, 2026: Two monthly fees in a row were not paid').waitFor();

  // What the operator sees besides.
  await page.goto('/wallets');
  await page.getByRole('link', { name: 'Acme Messaging' }).waitFor();
  await look(page, '14-wallets');
  await go(page, 'Tariffs');
  await page.getByText('What changes between two versions').waitFor();
  await page.getByText('2 rows change').waitFor();
  await look(page, '15-tariffs');
  await go(page, 'Engine');
  await page.getByText('Ready', { exact: true }).waitFor();
  await look(page, '16-engine');
  await page.goto('/wallets/acme');
  await page.getByRole('button', { name: 'Adjust balance' }).click();
  await dialog.getByLabel('Amount').fill('12.5');
  await dialog.getByLabel('Reason').fill('goodwill');
  await dialog.getByRole('button', { name: 'Confirm' }).click();
  await until(() => balance(page), '$12.50', 'the balance after the adjustment');

  // Signed out is signed out, also for whoever has kept the cookie.
  const kept = (await context.cookies()).find(({ name }) => name === 'farebox_session');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  const again = await fetch(`${engine.url}/v1/session`, { headers: { Cookie: `farebox_session=${kept.value}` } });
  assert.equal(again.status, 401, 'a session that was signed out');

  assert.deepEqual(said, [], 'what the pages said to the console');
  await context.close();
  assert.equal(await engine.stop(), 0, 'the engine stops gracefully');
}

/** Table, summaries, interface and file agree; the view is in the address; days are the wallet's. */
async function usage(page, client, engine) {
  // In Tokyo it is the next day already.
  await go(page, 'Usage');
  await page.getByRole('row', { name: /Jul 15, 2026/ }).waitFor();
  await page.getByTestId('usage-chart').waitFor();
  await look(page, '20-usage');

  await page.goto('/wallets/acme/usage?from=2026-07-01&to=2026-07-31&campaign=spring&by=channel');
  const table = page.getByTestId('usage-table');
  await table.getByRole('row', { name: /^\+14155550100/ }).waitFor();
  const shown = await table.locator('tbody tr').evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent)));
  const told = await client.get('/v1/wallets/acme/usage?from=2026-07-01&to=2026-07-31&campaign=spring&group_by=channel');
  assert.deepEqual(
    shown.map((cells) => [cells[0], cells[1], cells[2], cells.at(-1)]),
    told.table.map((row) => [row.channel, String(row.messages), String(row.units), `$${Number(row.total).toFixed(2)}`]),
    'the table and the interface',
  );
  await page.getByRole('button', { name: 'Export .CSV' }).click();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'The table shown' }).click(),
  ]);
  const csv = readFileSync(await file.path(), 'utf8').trim().split('\r\n').map((line) => line.split(','));
  const column = (row, name) => csv[row][csv[0].indexOf(name)];
  assert.equal(csv.length - 1, told.table.length, 'rows of the file');
  told.table.forEach((row, at) => {
    for (const name of ['channel', 'messages', 'units', 'message_cost', 'total']) {
      assert.equal(column(at + 1, name), String(row[name]), `${name} in the file and the interface`);
    }
  });
  assert.match(file.suggestedFilename(), /^acme_usage_2026-07-01_2026-07-31\.csv$/);

  await page.getByRole('button', { name: 'Export .CSV' }).click();
  const [entries] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'Every message and charge' }).click(),
  ]);
  const lines = readFileSync(await entries.path(), 'utf8').trim().split('\r\n');
  assert.equal(lines.length - 1, 10, 'the messages of the campaign, each a row');

  // Filters that are chosen stand in the address, and come back with it.
  await page.goto('/wallets/acme/usage');
  await page.getByLabel('Kind', { exact: true }).first().click();
  await page.getByRole('option', { name: 'MMS' }).click();
  await page.waitForURL(/kind=mms/);
  await page.getByText('Units', { exact: true }).first().click();
  await page.waitForURL(/measure=units/);
  await page.reload();
  await page.getByRole('row', { name: /Jul 15, 2026/ }).waitFor();
  assert.equal(await page.locator('[data-testid=usage-table] tbody tr td').first().textContent(), '1', 'the one MMS');
}

/** What a role may not do it does not see, and the server refuses it anyway. */
async function roles(page, browser, engine) {
  await go(page, 'Settings');
  const made = {};
  for (const [role, label] of [['viewer', 'Viewer'], ['billing', 'Billing']]) {
    await main(page).getByRole('button', { name: 'Make key' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill(`The ${role}`);
    await dialog.getByLabel('Role').first().click();
    await page.getByRole('option', { name: new RegExp(`^${label}`) }).click();
    await dialog.getByRole('button', { name: 'Make key' }).click();
    made[role] = await page.getByTestId('secret').textContent();
    await page.getByRole('button', { name: 'Done' }).click();
    // Both dialogs fade: until they are gone, their buttons and fields stand beside those of the next.
    await until(() => dialog.count(), 0, 'the dialogs that are left');
  }
  await page.getByPlaceholder('Amount').fill('25');
  await page.getByRole('button', { name: 'Add amount' }).click();
  await page.getByRole('button', { name: 'Remove $25.00' }).waitFor();
  await look(page, '21-settings');

  const sees = {
    viewer: { topUp: 0, export: 0, buy: 0, keys: 0, adjust: 0 },
    billing: { topUp: 1, export: 1, buy: 0, keys: 0, adjust: 0 },
  };
  for (const [role, want] of Object.entries(sees)) {
    const { context, page, said } = await visitor(browser, engine.url);
    await signIn(page, engine.url, { key: made[role] });
    await page.goto('/');
    await page.getByTestId('balance').waitFor();
    const count = (name) => page.getByRole('button', { name, exact: true }).count();
    const found = { topUp: await count('Top up'), adjust: await count('Adjust balance') };
    await look(page, `22-${role}`);
    await go(page, 'Usage');
    await page.getByTestId('summaries').waitFor();
    found.export = await count('Export .CSV');
    await go(page, 'Numbers');
    await page.getByText(NUMBER).waitFor();
    found.buy = await count('Buy number');
    await go(page, 'Settings');
    await page.getByText('Plans and billing').waitFor();
    found.keys = await count('Make key');
    assert.deepEqual(found, want, `what the ${role} sees`);
    // The same with the page's own cookie, past the page.
    const tried = await page.evaluate(async () => {
      const send = async (method, path, body) =>
        (await fetch(path, { method, body: body && JSON.stringify(body), headers: { 'Farebox-Page': '1', 'Content-Type': 'application/json', 'Idempotency-Key': 'x' } })).status;
      return {
        adjust: await send('POST', '/v1/wallets/acme/adjustments', { amount: '1', reason: 'x' }),
        keys: await send('GET', '/v1/keys'),
        other: await send('GET', '/v1/wallets/other'),
        tariffs: await send('POST', '/v1/test-clock/advance', { to: '2030-01-01T00:00:00Z' }),
        topUp: await send('DELETE', '/v1/wallets/acme/auto-top-up'),
      };
    });
    const topUp = role === 'billing' ? 200 : 403;
    assert.deepEqual(tried, { adjust: 403, keys: 403, other: 404, tariffs: 403, topUp }, `what the server lets the ${role} do`);
    assert.deepEqual(said, [], `what the pages of the ${role} said`);
    await context.close();
  }

  // Whoever is signed in with a key that is revoked is shut out.
  const { context, page: shut } = await visitor(browser, engine.url);
  await signIn(shut, engine.url, { key: made.viewer });
  await shut.goto('/');
  await shut.getByTestId('balance').waitFor();
  const row = page.getByRole('row', { name: /The viewer/ });
  await row.getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await row.getByText('Revoked').waitFor();
  await shut.getByRole('heading', { name: 'Sign in' }).waitFor();
  await context.close();
}
