// The real binary on a test clock with the sandbox, in a folder of its own; and an API client with a key.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const OPERATOR_KEY = 'fb_operator_key_of_the_browser_tests_00001';
const START_MILLIS_MAX = 60_000;

/** A message to Germany costs 1, one received 1, a local number 5 a month: easy to add up. */
const TARIFF = `name = "standard"
version = "one"
currency = "USD"
effective_from = 2015-01-01T00:00:00Z
failure_fee = "0.001"
rates_csv = '''
direction,kind,prefix,sender_type,carrier,price,country
outbound,sms,49,,,1,DE
outbound,mms,49,,,3,DE
outbound,sms,1,,,0.0079,US
outbound,mms,1,,,0.02,US
inbound,sms,1,,,1,US
'''
carrier_fees_csv = '''
direction,kind,prefix,sender_type,carrier,fee
outbound,sms,1,,,0.002
'''
number_fees_csv = '''
prefix,type,fee
1,local,5
1,toll_free,8
'''
`;

/** The same with one price more and one that is another, from August on. */
const TARIFF_LATER = TARIFF.replace('version = "one"', 'version = "two"')
  .replace('2015-01-01', '2026-08-01')
  .replace('outbound,mms,49,,,3,DE', 'outbound,mms,49,,,4,DE\noutbound,sms,852,,,0.05,HK');

const running = new Set();

export class Engine {
  static async start(program, { at, settings = {} } = {}) {
    const engine = new Engine();
    Object.assign(engine, { program, at, settings, home: mkdtempSync(join(tmpdir(), 'farebox-browser.')), said: '' });
    await engine.listen('127.0.0.1:0');
    running.add(engine);
    return engine;
  }

  async listen(address) {
    const files = [TARIFF, TARIFF_LATER].map((text, index) => {
      const file = join(this.home, `tariff-${index}.toml`);
      writeFileSync(file, text);
      return file;
    });
    const environment = Object.entries(process.env).filter(([name]) => !name.startsWith('FAREBOX_'));
    const child = spawn(
      this.program,
      [
        'serve', '--data-dir', join(this.home, 'data'), '--listen', address,
        ...(this.at ? ['--test-clock', this.at] : []),
        ...files.flatMap((file) => ['--tariff', file]),
      ],
      {
        cwd: this.home,
        env: { ...Object.fromEntries(environment), FAREBOX_OPERATOR_KEY: OPERATOR_KEY, ...this.settings },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    this.child = child;
    child.stderr.on('data', (text) => (this.said += text));
    this.url = await new Promise((found, failed) => {
      let told = '';
      const timer = setTimeout(() => failed(new Error(`it did not listen:\n${this.said}`)), START_MILLIS_MAX);
      child.stdout.on('data', (text) => {
        told += text;
        const url = /listening on (http:\S+)/.exec(told)?.[1];
        if (url) {
          clearTimeout(timer);
          found(url);
        }
      });
      child.on('exit', (code) => failed(new Error(`it ended with ${code}:\n${this.said}`)));
    });
  }

  async terminate() {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    const ended = new Promise((done) => this.child.once('exit', done));
    this.child.kill('SIGTERM');
    return ended;
  }

  /** Stops, and comes back at the same address on the same data. */
  async restart(meanwhile = async () => {}) {
    await this.terminate();
    await meanwhile();
    await this.listen(this.url.replace('http://', ''));
  }

  async stop() {
    const code = await this.terminate();
    rmSync(this.home, { recursive: true, force: true });
    running.delete(this);
    return code;
  }

  /** Those that a test has left behind which failed. */
  static async stopAll() {
    await Promise.all([...running].map((engine) => engine.stop()));
  }

  client(key = OPERATOR_KEY) {
    return new Client(this.url, key);
  }
}

export class Client {
  constructor(url, key) {
    Object.assign(this, { url, key, keys: 0 });
  }

  async ask(method, path, { body, headers = {}, want } = {}) {
    const text = typeof body === 'string';
    const send = () => fetch(this.url + path, {
      method,
      headers: {
        Authorization: `Bearer ${this.key}`,
        ...(body === undefined ? {} : { 'Content-Type': text ? 'application/x-ndjson' : 'application/json' }),
        ...headers,
      },
      body: body === undefined ? undefined : text ? body : JSON.stringify(body),
    });
    // A connection that was kept for too long is closed under the request: whatever is sent here counts once.
    const response = await send().catch(send);
    const answer = await response.text();
    if (want ? response.status !== want : !response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer}`);
    return (response.headers.get('content-type') ?? '').includes('json') ? JSON.parse(answer) : answer;
  }

  get(path) {
    return this.ask('GET', path);
  }

  /** A call that is carried out once. */
  post(path, body) {
    this.keys += 1;
    return this.ask('POST', path, { body, headers: { 'Idempotency-Key': `browser-${this.keys}` } });
  }

  open(wallet, terms = {}) {
    return this.ask('PUT', `/v1/wallets/${wallet}`, { body: { currency: 'USD', time_zone: 'America/New_York', ...terms } });
  }

  credit(wallet, amount) {
    return this.post(`/v1/wallets/${wallet}/adjustments`, { amount, reason: 'by the story' });
  }

  events(events) {
    return this.ask('POST', '/v1/events', { body: events.map((event) => JSON.stringify(event)).join('\n') });
  }

  advance(to) {
    return this.ask('POST', '/v1/test-clock/advance', { body: { to } });
  }
}

/** Messages to Germany, each at 1. */
export function messages(wallet, prefix, count, more = {}) {
  return Array.from({ length: count }, (_, at) => ({
    id: `${prefix}-${at}`,
    type: 'message.outbound',
    wallet,
    channel: '+14155550100',
    peer: '+491511234567',
    kind: 'sms',
    text: 'hi',
    ...more,
  }));
}
