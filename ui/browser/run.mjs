// Runs everything that is seen in a browser: `node run.mjs PROGRAM CHROMIUM [NAME]`.
import { isCurrent } from '../scripts/types.mjs';
import { launch, OUT } from './browser.mjs';
import { Engine } from './engine.mjs';
import * as hard from './hard.mjs';
import * as refusals from './refusals.mjs';
import { story } from './story.mjs';
import { weight } from './weight.mjs';

const [program, chromium, only] = process.argv.slice(2);

async function types(program) {
  const engine = await Engine.start(program);
  const current = await isCurrent(engine.url);
  await engine.stop();
  if (!current) throw new Error('ui/src/api/schema.d.ts is not what the binary says: run `make types`');
}

const tests = { weight, types, story, ...hard, ...refusals };
const browser = await launch(chromium);
let failed = 0;
const begun = performance.now();
for (const [name, test] of Object.entries(tests)) {
  if (only && only !== name) continue;
  const since = performance.now();
  try {
    await test(program, browser);
    console.log(`ok      ${name} (${((performance.now() - since) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}\n${error?.stack ?? error}`);
    const pages = browser.contexts().flatMap((context) => context.pages());
    for (const [at, page] of pages.entries()) {
      await page.screenshot({ path: `${OUT}failed-${name}-${at}.png` }).catch(() => {});
    }
  }
  await Promise.all(browser.contexts().map((context) => context.close()));
  await Engine.stopAll();
}
await browser.close();
console.log(`browser: ${failed === 0 ? 'all passed' : `${failed} failed`} in ${((performance.now() - begun) / 1000).toFixed(0)} s`);
process.exit(failed === 0 ? 0 : 1);
