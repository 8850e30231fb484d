// What the page weighs: all its scripts, and those of the first page, as they are sent.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';

const FOLDER = new URL('../built/page/', import.meta.url);
const BYTES_MAX = 350 * 1024;

export function weight() {
  const assets = new URL('assets/', FOLDER);
  const bytes = (name) => statSync(new URL(`${name}.gz`, assets)).size;
  const scripts = readdirSync(assets).filter((name) => name.endsWith('.js'));
  const first = [...readFileSync(new URL('index.html', FOLDER), 'utf8').matchAll(/assets\/([^"]+\.js)/g)].map((match) => match[1]);
  const sum = (names) => names.reduce((all, name) => all + bytes(name), 0);
  console.log(`scripts: ${(sum(scripts) / 1024).toFixed(0)} KiB in all, ${(sum(first) / 1024).toFixed(0)} KiB for the first page`);
  assert.ok(sum(scripts) <= BYTES_MAX, `scripts of ${sum(scripts)} bytes, ${BYTES_MAX} are the most`);
}
