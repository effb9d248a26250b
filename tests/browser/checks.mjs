// Checks of a client without a page, one after the other.

import { readFileSync } from "node:fs";

const failures = [];

/** Does a check, and says how it ended. */
export async function check(name, work) {
  try {
    await work();
    console.log(`ok   ${name}`);
  } catch (error) {
    console.log(`FAIL ${name}: ${error.message}`);
    failures.push(name);
  }
}

/** Both have to be the same, as JSON. */
export function is(actual, expected, what) {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${what}: ${a}, not ${b}`);
}

/** Ends the process, with the version of the package that was the client. */
export function end(client) {
  // From the file: not every package exports it.
  const { version } = JSON.parse(readFileSync(new URL(`node_modules/${client}/package.json`, import.meta.url), "utf8"));
  console.log(failures.length ? `${failures.length} checks failed` : `all checks passed with ${client} ${version}`);
  process.exit(failures.length ? 1 : 0);
}
