// Makes src/api/schema.d.ts from what the binary says of its interface; with --check it only says whether it is current.
import { readFileSync, writeFileSync } from 'node:fs';
import openapiTS, { astToString } from 'openapi-typescript';
import { Engine } from '../browser/engine.mjs';

const FILE = new URL('../src/api/schema.d.ts', import.meta.url);

export async function typesOf(url) {
  const description = await (await fetch(`${url}/openapi.json`)).json();
  return `// Made by \`make types\` from /openapi.json.\n${astToString(await openapiTS(description))}`;
}

export const isCurrent = async (url) => readFileSync(FILE, 'utf8') === (await typesOf(url));

if (import.meta.url === `file://${process.argv[1]}`) {
  const engine = await Engine.start(process.argv[2]);
  try {
    writeFileSync(FILE, await typesOf(engine.url));
  } finally {
    await engine.stop();
  }
}
