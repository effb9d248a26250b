// Checks of the customer page against a running server: `ELECTROMART_URL=http://127.0.0.1:8080 node run.mjs`.
// The server has to run with `requests_per_minute = 0`: the checks are busier than a customer may be.
// `CHROMIUM` names the browser, `SHOTS` a folder for screenshots.

import { mkdirSync } from "node:fs";
import { failures, launch, total, URL_BASE } from "./lib.mjs";
import { looks } from "./looks.mjs";
import { talk } from "./talk.mjs";
import { parts } from "./parts.mjs";
import { weight } from "./weight.mjs";

const shots = process.env.SHOTS;
if (shots) mkdirSync(shots, { recursive: true });

try {
  await fetch(`${URL_BASE}/`);
} catch {
  console.error(`No server answers at ${URL_BASE}. Start it, or name it with ELECTROMART_URL.`);
  process.exit(2);
}

const browser = await launch();
try {
  await weight(browser);
  await looks(browser, shots);
  await talk(browser);
  await parts(browser, shots);
} finally {
  await browser.close();
}

const failed = failures();
console.log(failed.length ? `\n${failed.length} of ${total()} checks failed:` : `\nAll ${total()} checks passed.`);
for (const { name, why } of failed) console.log(`- ${name}: ${why}`);
process.exit(failed.length ? 1 : 0);
