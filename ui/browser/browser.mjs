// Chromium, and what is asked of every page: pictures at two widths, nothing serious found by axe, nothing that sticks out.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
export const OUT = new URL('../test-output/', import.meta.url).pathname;
/** How long anything may take on a machine that is busy with other things. */
export const PATIENCE_MILLIS = 120_000;
export const WIDE = { width: 1280, height: 900 };
export const NARROW = { width: 390, height: 844 };
/** The narrowest that the page is made for. */
const NARROWEST = { width: 360, height: 640 };

const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

export async function launch(executablePath) {
  mkdirSync(OUT, { recursive: true });
  return chromium.launch({ executablePath, headless: true, args: FLAGS });
}

/** Somebody in Tokyo, whatever the wallet's zone is. What a page says to the console is kept, and fails the test. */
export async function visitor(browser, url, options = {}) {
  const context = await browser.newContext({
    baseURL: url, viewport: WIDE, timezoneId: 'Asia/Tokyo', locale: 'en-US', acceptDownloads: true, ...options,
  });
  context.setDefaultTimeout(PATIENCE_MILLIS);
  const page = await context.newPage();
  const said = [];
  page.on('pageerror', (error) => said.push(`error: ${error.message}`));
  page.on('console', (message) => {
    // A refusal that the page expects is told by the browser all the same.
    const expected = /Failed to load resource/.test(message.text());
    if (message.type() === 'error' && !expected) said.push(message.text());
  });
  return { context, page, said };
}

/** Signs in as the page does, without its form. */
export async function signIn(page, url, order) {
  const answer = await page.context().request.post(`${url}/v1/session`, {
    headers: { 'Farebox-Page': '1', Origin: url },
    data: order,
  });
  assert.equal(answer.status(), 200, `signing in: ${await answer.text()}`);
}

/** A picture at each width, in light and in dark, and what axe finds; nothing sticks out. */
export async function look(page, name) {
  for (const [size, colorScheme] of [[WIDE, 'dark'], [NARROW, 'light'], [WIDE, 'light']]) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme });
    await page.waitForTimeout(150);
    const picture = [name, size.width, ...(colorScheme === 'dark' ? ['dark'] : [])].join('-');
    await page.screenshot({ path: `${OUT}${picture}.png`, fullPage: true });
    await fits(page, picture);
    await axe(page, picture);
    if (size === NARROW) {
      await page.setViewportSize(NARROWEST);
      await fits(page, `${name} at ${NARROWEST.width} px`);
    }
  }
}

async function fits(page, what) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `${what} sticks out by ${wide} px`);
}

/** Fails on whatever axe finds serious. Through the debugger, so that the page's own policy stays as it is. */
async function axe(page, name) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    const result = await globalThis.axe.run(document, { resultTypes: ['violations'] });
    return result.violations
      .filter((violation) => ['serious', 'critical'].includes(violation.impact))
      .map((violation) => `${violation.id}: ${violation.nodes.slice(0, 4).map((node) => node.target.join(' ')).join(' | ')}`);
  });
  assert.deepEqual(found, [], `axe on ${name}`);
}

/** Until what `read` gives is what is wanted. */
export async function until(read, want, what, millis = PATIENCE_MILLIS) {
  const end = Date.now() + millis;
  let last;
  do {
    last = await read();
    if (typeof want === 'function' ? want(last) : last === want) return last;
    await new Promise((later) => setTimeout(later, 100));
  } while (Date.now() < end);
  assert.fail(`${what}: wanted ${want}, got ${JSON.stringify(last)}`);
}
