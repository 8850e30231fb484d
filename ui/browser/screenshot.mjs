// Takes a picture of the wallet page: `make screenshot`. A wallet of a month, made up and the same each time.
import { launch, signIn, visitor } from './browser.mjs';
import { Engine, OPERATOR_KEY } from './engine.mjs';

const [program, chromium] = process.argv.slice(2);
const DAYS = 30;
const DAY_MILLIS = 86_400_000;
const NOW = Date.parse('2026-09-20T15:00:00Z');

const engine = await Engine.start(program, { at: new Date(NOW - DAYS * DAY_MILLIS).toISOString() });
const client = engine.client();
await client.open('acme', { name: 'Acme Messaging' });
await client.credit('acme', '1500');
await client.post('/v1/wallets/acme/numbers', { number: '+14155550100' });
for (let day = 0; day < DAYS; day += 1) {
  const at = new Date(NOW - (DAYS - day) * DAY_MILLIS + 3_600_000).toISOString();
  await client.advance(at);
  const weekend = [0, 6].includes(new Date(at).getUTCDay());
  const count = (weekend ? 700 : 1900) + ((day * 7919) % 613);
  const events = Array.from({ length: count }, (_, one) => ({
    id: `m-${day}-${one}`,
    type: one % 9 === 0 ? 'message.inbound' : 'message.outbound',
    wallet: 'acme',
    channel: '+14155550100',
    peer: '+14155550199',
    kind: one % 23 === 0 && one % 9 !== 0 ? 'mms' : 'sms',
    segments: 1,
    encoding: 'GSM-7',
    mode: 'report',
  })).map(({ segments, encoding, ...event }) => (event.kind === 'sms' ? { ...event, segments, encoding } : event));
  await client.events(events.filter((event) => event.type === 'message.outbound'));
}
await client.advance(new Date(NOW).toISOString());
const browser = await launch(chromium);
const { page } = await visitor(browser, engine.url, { viewport: { width: 1280, height: 1000 }, deviceScaleFactor: 1 });
await signIn(page, engine.url, { key: OPERATOR_KEY });
await page.goto('/wallets/acme');
await page.getByText('Live', { exact: true }).waitFor();
await page.getByText('Latest activity').waitFor();
await page.waitForTimeout(800);
await page.screenshot({ path: new URL('../../docs/wallet.png', import.meta.url).pathname });
await browser.close();
await engine.stop();
