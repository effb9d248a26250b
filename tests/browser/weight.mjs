// Types, and what the first load weighs and takes.

import { execFileSync } from "node:child_process";
import { gzipSync } from "node:zlib";
import { io } from "socket.io-client";
import { check, expect, online, open, URL_BASE } from "./lib.mjs";

const LIMIT_BYTES = 80 * 1024;
const USABLE_MS = 1000;

function types() {
  const here = new URL(".", import.meta.url).pathname;
  try {
    execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "--project", "tsconfig.json"], { cwd: here, encoding: "utf8" });
  } catch (problem) {
    throw new Error(problem.stdout || problem.message);
  }
}

async function firstLoad(browser) {
  const bodies = [];
  const { context, page } = await open(browser, {}, async (fresh) => {
    fresh.on("response", (response) => {
      if (response.ok()) bodies.push(response.body().then((body) => ({ url: response.url(), body })).catch(() => null));
    });
  });
  await online(page);
  await page.waitForLoadState("networkidle").catch(() => {});
  const all = (await Promise.all(bodies)).filter(Boolean);
  await context.close();
  const bytes = all.reduce((sum, { body }) => sum + gzipSync(body, { level: 9 }).length, 0);
  expect(all.length > 5, "the page was not loaded");
  expect(bytes <= LIMIT_BYTES, `${(bytes / 1024).toFixed(1)} KB compressed in ${all.length} files`);
  return `${(bytes / 1024).toFixed(1)} KB compressed in ${all.length} files`;
}

async function usable(browser) {
  const times = [];
  for (let i = 0; i < 5; i += 1) {
    const { context, page } = await open(browser);
    await page.waitForSelector("#message");
    await online(page);
    times.push(await page.evaluate(() => performance.now()));
    await context.close();
  }
  const median = Math.round(times.sort((a, b) => a - b)[2]);
  expect(median <= USABLE_MS, `usable after ${median} ms`);
  return `usable after ${median} ms`;
}

async function complaints(browser) {
  const { context, page, complaints: heard } = await open(browser);
  await online(page);
  await page.waitForTimeout(300);
  await context.close();
  expect(heard.length === 0, heard.join("\n"));
}

/** The first version's plain client, over Socket.IO. */
async function plainClient() {
  const probe = await fetch(`${URL_BASE}/socket.io/?EIO=4&transport=polling`);
  expect(probe.ok, `/socket.io/ answered ${probe.status}`);
  const socket = io(URL_BASE, { reconnection: false });
  try {
    const message = await new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error("no agent_message within 20 s")), 20000).unref();
      socket.on("connect_error", reject);
      socket.on("agent_message", resolve);
      socket.on("connect", () => socket.emit("user_message", { message: "Hello there" }));
    });
    expect(typeof message.text === "string" && message.text, "the reply has no text");
  } finally {
    socket.disconnect();
  }
}

async function reference(browser) {
  const { context, page, complaints: heard } = await open(browser);
  const answer = await page.goto(`${URL_BASE}/docs`);
  if (answer?.status() === 404) await page.goto(`${URL_BASE}/assets/docs.html`);
  await page.waitForSelector(".op", { timeout: 5000 });
  const count = await page.locator(".op").count();
  await context.close();
  expect(heard.length === 0, heard.join("\n"));
  return `${count} entries`;
}

export async function weight(browser) {
  await check("the modules pass the type checker", types);
  await check("the first load is at most 80 KB compressed", () => firstLoad(browser));
  await check("the page is usable within a second", () => usable(browser));
  await check("no error and no content-security violation on load", () => complaints(browser));
  await check("the API reference shows the operations", () => reference(browser));
  if (!process.env.NO_SOCKETIO) await check("the plain Socket.IO client gets its reply", plainClient);
}
