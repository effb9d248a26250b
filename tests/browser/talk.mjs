// Talking to the real server: sending, reloading, losing the connection.

import { answered, check, expect, online, open, replies, say } from "./lib.mjs";

async function send(browser) {
  const { context, page } = await open(browser);
  await online(page);
  await page.evaluate(() => {
    const log = document.querySelector(".log");
    const states = (window.__states = []);
    new MutationObserver(() => {
      const state = document.querySelector(".msg-user")?.getAttribute("data-state");
      if (state && states.at(-1) !== state) states.push(state);
    }).observe(log, { subtree: true, childList: true, attributes: true });
  });
  await say(page, "Hello");
  expect(await page.locator(".msg-user .msg-text").first().textContent() === "Hello", "the message is not shown at once");
  await answered(page);
  await page.waitForTimeout(50);
  const states = await page.evaluate(() => window.__states);
  expect((await replies(page)) >= 1, "no reply is shown");
  expect(states.at(-1) === "answered" && states.includes("sent"), `went ${states.join(" -> ")}`);
  await context.close();
  return states.join(" -> ");
}

async function reload(browser) {
  const { context, page } = await open(browser);
  await online(page);
  await say(page, "Hello");
  await answered(page);
  await say(page, "What can you do?");
  await answered(page);
  const before = await page.locator(".msg-text").allTextContents();
  await page.fill("#message", "a draft\nof two lines");
  await page.reload();
  await online(page);
  await page.waitForFunction((count) => document.querySelectorAll(".msg-text").length >= count, before.length);
  const after = await page.locator(".msg-text").allTextContents();
  expect(JSON.stringify(after) === JSON.stringify(before), `after the reload: ${after.join(" | ")}`);
  expect((await page.inputValue("#message")) === "a draft\nof two lines", "the draft is gone");
  const states = await page.locator(".msg-user").evaluateAll((all) => all.map((one) => one.getAttribute("data-state")));
  expect(states.every((state) => state === "answered"), `states after the reload: ${states.join(", ")}`);
  await context.close();
}

async function hostile(browser) {
  const text = '<img src=x onerror="window.__hit=1"><script>window.__hit=1</script>';
  const { context, page } = await open(browser);
  await online(page);
  await say(page, text);
  await answered(page);
  expect((await page.locator(".msg-user .msg-text").first().textContent()) === text, "the text is not shown as it was written");
  expect((await page.locator(".log img[src='x'], .log script").count()) === 0, "the text has become elements");
  expect((await page.evaluate(() => window.__hit)) === undefined, "the text ran");
  await context.close();
}

async function cut(browser) {
  const link = { down: false, sockets: new Set() };
  const { context, page } = await open(browser, {}, async (fresh) => {
    await fresh.routeWebSocket(/\/ws/, (socket) => {
      if (link.down) return socket.close();
      socket.connectToServer();
      link.sockets.add(socket);
    });
    await fresh.route(/\/api\/(sessions|chat)/, (route) => (link.down ? route.abort() : route.continue()));
  });
  await online(page);
  await say(page, "Hello");
  await answered(page);
  link.down = true;
  for (const socket of link.sockets) await socket.close();
  await page.waitForSelector(".link-reconnecting");
  await say(page, "What are your opening hours?");
  await page.waitForTimeout(300);
  expect((await page.locator(".msg-user").last().getAttribute("data-state")) === "sending", "a message without connection is not kept");
  await page.reload();
  await page.waitForSelector(".msg-user");
  link.down = false;
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  await online(page);
  await answered(page);
  const own = await page.locator(".msg-user .msg-text").allTextContents();
  expect(own.length === 2, `said twice or lost: ${own.join(" | ")}`);
  await context.close();
}

async function fallback(browser) {
  const requests = [];
  const { context, page } = await open(browser, {}, async (fresh) => {
    await fresh.routeWebSocket(/\/ws/, (socket) => socket.close());
    fresh.on("request", (request) => requests.push(`${request.method()} ${new URL(request.url()).pathname.replace(/[0-9a-f-]{36}/, "ID")}`));
  });
  await online(page);
  await say(page, "Hello");
  await answered(page);
  expect((await replies(page)) === 1, `${await replies(page)} replies are shown`);
  expect(requests.includes("GET /api/sessions/ID/events") && requests.includes("POST /api/chat"), `it went another way: ${requests.filter((r) => r.includes("/api")).join(", ")}`);
  await page.reload();
  await online(page);
  await page.waitForSelector(".msg-agent");
  await context.close();
}

async function why(browser) {
  const { context, page } = await open(browser);
  await online(page);
  await say(page, "Show me a laptop");
  await answered(page);
  const button = page.locator(".why").last();
  await button.focus();
  await page.keyboard.press("Enter");
  await page.waitForSelector("dialog[open] .story");
  for (let i = 0; i < 12; i += 1) {
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.closest("dialog") !== null), "the focus left the dialog");
  }
  const whole = page.locator("dialog .link-button").first();
  let note = "no record to open";
  if (await whole.count()) {
    await whole.click();
    await page.waitForSelector("dialog .record dt", { timeout: 5000 });
    note = "with the whole record";
  }
  await page.keyboard.press("Escape");
  await page.waitForSelector("dialog", { state: "detached" });
  expect(await button.evaluate((own) => own === document.activeElement), "the focus did not go back to the button");
  await context.close();
  return note;
}

async function startOver(browser) {
  const { context, page } = await open(browser);
  await online(page);
  await say(page, "Hello");
  await answered(page);
  await page.click("#new-chat");
  await page.click("dialog .primary");
  await page.waitForSelector(".opening");
  await online(page);
  await say(page, "Hello again");
  await answered(page);
  expect((await page.locator(".msg-user").count()) === 1, "the old chat is still there");
  await context.close();
}

export async function talk(browser) {
  await check("a message goes from sending to answered", () => send(browser));
  await check("a reload restores the conversation and the draft", () => reload(browser));
  await check("markup in a message is shown as text", () => hostile(browser));
  await check("a lost connection loses nothing, even over a reload", () => cut(browser));
  await check("with WebSockets blocked it talks over plain HTTP", () => fallback(browser));
  await check("the Why panel opens, keeps the focus, and closes with Esc", () => why(browser));
  await check("a new chat can be started", () => startOver(browser));
}
