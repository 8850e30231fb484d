// What must not be let in: forged cookies, expired tokens, foreign wallets, foreign frames, names that want to be more.
import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { Engine, messages, OPERATOR_KEY } from './engine.mjs';
import { look, signIn, until, visitor } from './browser.mjs';

const SECRET = randomBytes(32);
const HOSTILE = '"><img src=x onerror="globalThis.stung=1"><script>globalThis.stung=1</script>';

function token(claims) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(Date.now() / 1000) + 300;
  const text = `${part({ alg: 'HS256', kid: 'host-1' })}.${part({ aud: 'farebox', exp, role: 'billing', wallet: 'acme', ...claims })}`;
  return `${text}.${createHmac('sha256', SECRET).update(text).digest('base64url')}`;
}

/** A product's settings, at an origin of its own, with the page in a frame. */
async function host(frame) {
  const server = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end(`<!doctype html><title>Host</title><h1>Plans and billing</h1><iframe src="${frame()}" width="1000" height="800"></iframe>`);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address();
  // By another name than the engine: another site for a browser.
  return { url: `http://localhost:${port}`, stop: () => server.close() };
}

export async function frames(program, browser) {
  let engineUrl = '';
  const allowed = await host(() => `${engineUrl}/#token=${token({})}`);
  const foreign = await host(() => `${engineUrl}/#token=${token({})}`);
  const engine = await Engine.start(program, {
    settings: {
      FAREBOX__PAGE__TOKEN_KEYS: `host-1:HS256:${SECRET.toString('base64')}`,
      FAREBOX__PAGE__FRAME_ANCESTORS: allowed.url,
    },
  });
  engineUrl = engine.url;
  const client = engine.client();
  await client.open('acme', { name: 'Acme' });
  await client.credit('acme', '25');
  await client.open('other');

  // In the frame of the host it is the wallet of the token, with its role.
  const { context, page } = await visitor(browser, engine.url);
  await page.goto(allowed.url);
  const frame = page.frameLocator('iframe');
  await until(() => frame.getByTestId('balance').textContent(), '$25.00', 'the balance in the frame');
  assert.equal(await frame.getByRole('button', { name: 'Top up', exact: true }).count(), 1, 'what the role may do');
  assert.equal(await frame.getByRole('button', { name: 'Adjust balance' }).count(), 0, 'what it may not');
  const address = page.frames()[1].url();
  assert.ok(!address.includes('token'), `the token stays in no address: ${address}`);
  await page.screenshot({ path: new URL('../test-output/30-framed.png', import.meta.url).pathname });
  await context.close();

  // In any other frame it is not shown at all.
  const elsewhere = await visitor(browser, engine.url);
  await elsewhere.page.goto(foreign.url);
  await elsewhere.page.waitForTimeout(1_000);
  const shown = await elsewhere.page.frames()[1].evaluate(() => document.body?.innerText ?? '').catch(() => '');
  assert.ok(!shown.includes('Acme') && !shown.includes('$25'), `a foreign frame shows ${JSON.stringify(shown)}`);
  await elsewhere.context.close();

  // As a whole page a token works as well; one that has expired does not, nor does one with a wrong signature.
  for (const [claims, spoil] of [[{ exp: Math.floor(Date.now() / 1000) - 1 }, ''], [{}, 'x']]) {
    const { context, page } = await visitor(browser, engine.url);
    await page.goto(`/#token=${token(claims)}${spoil}`);
    await page.getByText('You could not be signed in').waitFor();
    await context.close();
  }
  const direct = await visitor(browser, engine.url);
  await direct.page.goto(`/#token=${token({ role: 'viewer' })}`);
  await direct.page.getByTestId('balance').waitFor();
  assert.ok(!direct.page.url().includes('token'), 'the token is taken out of the address');
  await direct.page.goto('/wallets/other');
  await direct.page.getByText('There is no such wallet, or you may not see it.').waitFor();
  await direct.page.goto('/wallets');
  await direct.page.getByTestId('balance').waitFor();

  // A cookie that was changed is none.
  const [cookie] = await direct.context.cookies();
  await direct.context.addCookies([{ ...cookie, value: `${cookie.value.slice(0, -2)}zz` }]);
  await direct.page.goto('/wallets/acme');
  await direct.page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await direct.context.close();
  allowed.stop();
  foreign.stop();
  assert.equal(await engine.stop(), 0, 'the engine stops gracefully while pages are open');
}

/** What people call things is text, whatever is in it. */
export async function hostile(program, browser) {
  const engine = await Engine.start(program);
  const client = engine.client();
  await client.open('acme', { name: HOSTILE.slice(0, 190) });
  await client.post('/v1/wallets/acme/adjustments', { amount: '100', reason: HOSTILE });
  await client.events(messages('acme', HOSTILE, 1, { campaign: HOSTILE, tags: { [HOSTILE]: HOSTILE } }));
  await client.ask('POST', '/v1/keys', { body: { role: 'viewer', wallet: 'acme', name: HOSTILE } });
  const { context, page, said } = await visitor(browser, engine.url);
  await signIn(page, engine.url, { key: OPERATOR_KEY });
  for (const path of ['/wallets', '/wallets/acme', '/wallets/acme/usage?by=campaign', '/wallets/acme/activity', '/wallets/acme/settings']) {
    await page.goto(path);
    await page.getByText('onerror=').first().waitFor();
    assert.equal(await page.locator('img').count(), 0, `no picture on ${path}`);
  }
  await page.goto(`/wallets/acme/usage?by=campaign&campaign=${encodeURIComponent(HOSTILE)}`);
  await page.getByTestId('usage-table').getByText('onerror=').first().waitFor();
  await page.goto('/wallets/acme/activity');
  await page.getByRole('button', { name: 'explain entry 2' }).locator('visible=true').click();
  await page.getByRole('dialog').getByText('onerror=').first().waitFor();
  await page.waitForTimeout(400);
  await look(page, '31-hostile');
  assert.equal(await page.evaluate(() => globalThis.stung), undefined, 'nothing of it ran');
  assert.deepEqual(said, [], 'what the pages said');
  await context.close();
  await engine.stop();
}
