// What the checks share: a browser, a list of outcomes, and a shop of our own behind a WebSocket.

import { chromium } from "playwright-core";

export const URL_BASE = (process.env.ELECTROMART_URL ?? "http://127.0.0.1:8080").replace(/\/$/, "");
export const SIZES = { phone: { width: 360, height: 740 }, desktop: { width: 1280, height: 800 }, kiosk: { width: 1080, height: 1920 } };

const outcomes = [];

/** Runs one check and prints one line about it. */
export async function check(name, work) {
  const started = performance.now();
  try {
    const note = await work();
    outcomes.push({ name, ok: true });
    console.log(`ok    ${name}${note ? ` (${note})` : ""}, ${Math.round(performance.now() - started)} ms`);
  } catch (problem) {
    const why = String(problem?.message ?? problem).split("\n").slice(0, 6).join("\n        ");
    outcomes.push({ name, ok: false, why });
    console.log(`FAIL  ${name}\n        ${why}`);
  }
}

export function failures() {
  return outcomes.filter((outcome) => !outcome.ok);
}

export function total() {
  return outcomes.length;
}

export function expect(condition, words) {
  if (!condition) throw new Error(words);
}

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--disable-sync", "--no-first-run", "--disable-dev-shm-usage"],
  });
}

/** A page of its own, with what it complained about. */
export async function open(browser, options = {}, before = async () => {}) {
  const context = await browser.newContext({ viewport: SIZES.desktop, reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("console", (line) => {
    // A request that fails on purpose is reported by the browser itself.
    if (line.type() === "error" && !/Failed to load resource|WebSocket connection/.test(line.text())) complaints.push(line.text());
  });
  await before(page, context);
  await page.goto(`${URL_BASE}/`);
  return { context, page, complaints };
}

export async function online(page) {
  await page.waitForSelector(".link-online", { timeout: 15000 });
}

export async function say(page, text) {
  await page.fill("#message", text);
  await page.press("#message", "Enter");
}

/** The last thing the customer said has been answered. */
export async function answered(page, timeout = 30000) {
  await page.waitForFunction(() => [...document.querySelectorAll(".msg-user")].at(-1)?.getAttribute("data-state") === "answered", null, { timeout });
}

export function replies(page) {
  return page.locator(".msg-agent:not(.msg-draft)").count();
}

const NOW = "2026-01-05T10:00:00Z";

/** A reply as the shop sends it. */
export function reply(seq, fields = {}) {
  return {
    type: "agent_message", message_id: `m-${seq}`, in_reply_to: null, seq, session_id: "s", role: "agent", agent: "sales", text: `Reply ${seq}`, intent: "sales", confidence: 0.97,
    sentiment: { label: "neutral", polarity: 0, subjectivity: 0, urgency: 0 }, provider: "template", cards: [], options: [], evidence: [], acts: [], asks: [], latency_ms: 3, created_at: NOW, ...fields,
  };
}

/**
 * A shop of our own in place of `/ws`: `play` is called with each frame of the page and with what sends
 * one back. Everything the page sent is kept in `heard`.
 */
export async function pretend(page, { history = [], resume = null, play = () => {} } = {}) {
  const shop = { heard: [], seq: history.length, send: () => {}, cut: () => {}, connections: 0, refuseResume: resume };
  await page.routeWebSocket(/\/ws(\?.*)?$/, (socket) => {
    shop.connections += 1;
    const send = (frame) => socket.send(JSON.stringify(frame));
    shop.send = send;
    shop.cut = () => socket.close();
    const greet = (id, after) => {
      send({ type: "session", session_id: id, token: "t".repeat(64), last_seq: history.length });
      for (const frame of history.slice(after)) send(frame);
    };
    if (!socket.url().includes("resume")) greet(shop.connections === 1 ? "session-1" : `session-${shop.connections}`, 0);
    socket.onMessage((data) => {
      const frame = JSON.parse(String(data));
      if (frame.type === "typing") return;
      shop.heard.push(frame);
      if (frame.type === "resume" && shop.refuseResume) return send({ type: "error", code: shop.refuseResume, message: "This chat has ended.", request_id: "r" });
      if (frame.type === "resume") return greet(frame.session_id, frame.last_seq);
      play(frame, shop);
    });
  });
  return shop;
}

/** Takes what was said, as the shop does. */
export function acknowledge(frame, shop) {
  shop.seq += 1;
  const seq = shop.seq;
  shop.send({ type: "ack", client_message_id: frame.client_message_id, message_id: `u-${seq}`, seq, position: 0 });
  return seq;
}

/** Takes it and answers. */
export function respond(frame, shop, fields = {}) {
  const asked = acknowledge(frame, shop);
  shop.seq += 1;
  shop.send(reply(shop.seq, { in_reply_to: `u-${asked}`, ...fields }));
}
