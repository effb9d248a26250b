// Single parts of the page, with a shop of our own behind the WebSocket so that each case can be brought about.

import { acknowledge, answered, check, expect, online, open, pretend, reply, respond, say } from "./lib.mjs";

const OPTIONS = [{ id: "sales", label: "Finding a product" }, { id: "support", label: "Help with a product" }];
const PATIENCE = { timeout: 5000 };

async function shopOf(browser, options = {}) {
  let shop;
  const opened = await open(browser, {}, async (page) => {
    shop = await pretend(page, options);
    await page.route("**/api/sessions**", (route) => route.abort());
  });
  await online(opened.page);
  return { ...opened, shop };
}

async function composer(browser) {
  const { context, page, shop } = await shopOf(browser, { play: respond });
  expect(await page.locator(".send").isDisabled(), "an empty message can be sent");
  await page.focus("#message");
  await page.keyboard.type("first");
  const one = await page.locator("#message").evaluate((field) => field.clientHeight);
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("second");
  expect((await page.inputValue("#message")) === "first\nsecond", "Shift + Enter does not begin a line");
  expect((await page.locator("#message").evaluate((field) => field.clientHeight)) > one, "the box does not grow");
  await page.keyboard.press("Enter");
  await answered(page);
  expect(shop.heard.length === 1 && shop.heard[0].text === "first\nsecond", "it was not sent as written");
  const emoji = "\u{1F600}".repeat(999);
  await page.fill("#message", ` ${emoji}e\u0301 `);
  expect(!(await page.locator(".send").isDisabled()), "1,000 characters are refused");
  await page.fill("#message", `${emoji}xy`);
  expect(await page.locator(".send").isDisabled(), "1,001 characters can be sent");
  expect(/1 character too many/.test(await page.locator("#count").textContent()), "the counter does not say so");
  await page.press("#message", "Enter");
  await page.waitForTimeout(200);
  expect(shop.heard.length === 1, "Enter sent a message that is too long");
  await context.close();
}

async function keyboard(browser) {
  const { context, page, shop } = await shopOf(browser, {
    play: (frame, own) => respond(frame, own, frame.type === "user_message" ? { options: OPTIONS, text: "What do you mean?" } : { pending_action: { action_id: "a-1", summary: "Open a ticket" } }),
  });
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.classList.contains("skip")), "the first stop is not the skip link");
  await page.keyboard.press("Enter");
  await page.keyboard.type("hm");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".chip:enabled", PATIENCE);
  const reach = async (selector) => {
    for (let i = 0; i < 20; i += 1) {
      await page.keyboard.press("Shift+Tab");
      if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
    }
    throw new Error(`${selector} cannot be reached with the keyboard`);
  };
  await reach(".chip");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".action-buttons", PATIENCE);
  const chosen = shop.heard.find((frame) => frame.type === "choose");
  expect(chosen?.message_id === "m-2" && chosen.option === "support" && chosen.client_message_id, `sent ${JSON.stringify(chosen)}`);
  expect((await page.locator(".chip:enabled").count()) === 0, "chips of an older message can be tapped");
  expect(await page.evaluate(() => document.activeElement?.id === "message"), "the focus is lost after a chip");
  await reach(".action .primary");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelectorAll(".msg-user").length === 3, null, PATIENCE);
  const confirmed = shop.heard.find((frame) => frame.type === "confirm");
  expect(confirmed?.action_id === "a-1" && confirmed.yes === true && confirmed.client_message_id, `sent ${JSON.stringify(confirmed)}`);
  await page.locator(".tool-small[aria-label='This helped']").last().click();
  await page.waitForTimeout(100);
  expect(shop.heard.at(-1).type === "feedback" && shop.heard.at(-1).rating === "up", "the thumb was not sent");
  await context.close();
}

async function again(browser) {
  const { context, page, shop } = await shopOf(browser, {
    play(frame, own) {
      const first = own.heard.length === 1;
      if (first) own.send({ type: "error", code: "internal", message: "Something went wrong on our side. Please try again.", request_id: "r", client_message_id: frame.client_message_id });
      else respond(frame, own);
    },
  });
  await say(page, "Hello");
  await page.click(".again", PATIENCE);
  await answered(page);
  expect(shop.heard.length === 2 && shop.heard[0].client_message_id === shop.heard[1].client_message_id, "it has another name the second time");
  expect((await page.locator(".msg-user").count()) === 1, "it is shown twice");
  await context.close();
}

async function patience(browser) {
  const { context, page, shop } = await shopOf(browser, {
    play(frame, own) {
      if (own.heard.length === 1) own.send({ type: "error", code: "rate_limited", message: "Too many requests.", request_id: "r", client_message_id: frame.client_message_id, retry_after_ms: 300 });
      else respond(frame, own);
    },
  });
  await say(page, "Hello");
  await answered(page, 5000);
  expect(shop.heard.length === 2, `sent ${shop.heard.length} times`);
  await context.close();
}

async function expired(browser) {
  const { context, page, shop } = await shopOf(browser, { play: (frame, own) => own.connections > 1 && respond(frame, own) });
  await say(page, "Keep me");
  await page.fill("#message", "half a sen");
  shop.refuseResume = "session_expired";
  shop.cut();
  await page.waitForSelector(".notice-told", { timeout: 10000 });
  await online(page);
  expect((await page.inputValue("#message")) === "half a sen", "the text is gone");
  expect(await page.evaluate(() => JSON.parse(localStorage.getItem("electromart.session")).session_id !== "session-1"), "the old session is kept");
  await page.click(".again", PATIENCE);
  await answered(page, 5000);
  expect((await page.locator(".msg-user .msg-text").textContent()) === "Keep me", "the unsent message is lost");
  await context.close();
}

async function refused(browser) {
  const { context, page } = await shopOf(browser, {
    play: (frame, own) => own.send({ type: "error", code: "invalid_message", message: "The message holds control characters, which are not allowed.", request_id: "r", client_message_id: frame.client_message_id }),
  });
  await say(page, "Not this way");
  await page.getByText("control characters").waitFor(PATIENCE);
  await page.getByRole("button", { name: "Change it" }).click();
  expect((await page.inputValue("#message")) === "Not this way", "the text cannot be changed");
  await context.close();
}

async function stream(browser) {
  const { context, page, shop } = await shopOf(browser, { play: acknowledge });
  await say(page, "Hello");
  shop.send({ type: "typing", agent: "sales", stage: "looking_up" });
  await page.getByText("Sales is looking things up").waitFor(PATIENCE);
  shop.send({ type: "agent_delta", message_id: "m-r", index: 0, text: "One. " });
  shop.send({ type: "agent_delta", message_id: "m-r", index: 1, text: "Two." });
  await page.getByText("One. Two.").waitFor(PATIENCE);
  shop.send({ type: "agent_cancel", message_id: "m-r", reason: "replaced" });
  await page.waitForSelector(".msg-draft", { state: "detached", ...PATIENCE });
  shop.send({ type: "agent_delta", message_id: "m-r", index: 0, text: "Anew. " });
  shop.send({ type: "agent_handoff", message_id: "n", seq: 2, session_id: "s", role: "system", kind: "handoff", from: "sales", to: "marketing", reason: "offers", created_at: "2026-01-05T10:00:00Z" });
  shop.send(reply(3, { message_id: "m-r", in_reply_to: "u-1", text: "Anew. Done.", agent: "marketing" }));
  await page.getByText("Marketing joins").waitFor(PATIENCE);
  await answered(page);
  expect((await page.locator(".msg-agent").count()) === 1 && (await page.locator(".msg-draft").count()) === 0, "the provisional text stays");
  const order = await page.locator(".log > *").evaluateAll((all) => all.map((one) => one.className.split(" ")[1] ?? one.className));
  expect(order.join() === "msg-user,notice-line,msg-agent", `the order is ${order.join()}`);
  await context.close();
}

async function broken(browser) {
  const { context, page } = await shopOf(browser, {
    history: [
      reply(1, { text: "<b onclick=alert(1)>bold</b>", cards: [{ kind: "product", ref: "x", title: "<i>T</i>", image: "https://elsewhere.example/x.png", fields: [] }, null] }),
      reply(2, { cards: "none", options: 7, evidence: null }),
      reply(3, { text: "Still here." }),
    ],
  });
  await page.getByText("Still here.").waitFor(PATIENCE);
  expect((await page.locator(".log b, .log i:not(.dots i)").count()) === 0, "markup of a reply has become elements");
  expect((await page.locator(".broken").count()) >= 1, "what is broken is not marked as such");
  expect((await page.locator(".card-image").first().getAttribute("src"))?.endsWith("/assets/products/other.svg"), "a picture of another host is used");
  await context.close();
}

async function thousand(browser, shots) {
  const { context, page, shop } = await shopOf(browser, { play: respond });
  const load = await page.evaluate(async () => {
    const { Conversation } = await import("/assets/lib/conversation.js");
    const list = document.querySelector("em-message-list");
    const conversation = new Conversation({ put: (item) => list.put(item), gone: () => {}, busy: () => {} });
    const created_at = new Date().toISOString();
    const started = performance.now();
    for (let seq = 1; seq <= 1000; seq += 2) {
      conversation.apply({ type: "user_message", message_id: `u-${seq}`, seq, role: "user", text: `Message ${seq}`, created_at });
      conversation.apply({ type: "agent_message", message_id: `m-${seq + 1}`, in_reply_to: `u-${seq}`, seq: seq + 1, agent: "sales", text: `Reply ${seq + 1}. `.repeat(9), cards: [], options: [], evidence: [], created_at });
    }
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    return performance.now() - started;
  });
  expect((await page.locator(".msg").count()) === 1000, "not all messages are there");
  await page.waitForTimeout(300);
  const end = () => page.locator(".scroller").evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight);
  expect((await end()) < 100, "the newest message is not in sight");
  await page.focus("#message");
  const frames = page.evaluate(
    () =>
      new Promise((resolve) => {
        const gaps = [];
        let before = performance.now();
        const tick = (now) => {
          gaps.push(now - before);
          before = now;
          if (gaps.length < 90) requestAnimationFrame(tick);
          else resolve(gaps.sort((a, b) => a - b));
        };
        requestAnimationFrame(tick);
      }),
  );
  await page.keyboard.type("typing while there are a thousand messages", { delay: 15 });
  const gaps = await frames;
  const p95 = Math.round(gaps[Math.floor(gaps.length * 0.95)]);
  expect(p95 <= 100, `95% of frames take up to ${p95} ms`);
  expect(load < 2500, `showing them takes ${Math.round(load)} ms`);
  await page.locator(".scroller").hover();
  await page.mouse.wheel(0, -3000);
  await page.waitForTimeout(300);
  expect((await end()) > 500, "the reader cannot scroll up");
  shop.send(reply(1001, { text: "The newest" }));
  await page.getByRole("button", { name: "New messages" }).waitFor(PATIENCE);
  expect((await end()) > 500, "the reader was moved");
  if (shots) await page.screenshot({ path: `${shots}/thousand.png` });
  await page.click(".jump");
  await page.waitForTimeout(400);
  expect((await end()) < 100, "the button does not lead to the newest message");
  await context.close();
  return `shown in ${Math.round(load)} ms, 95% of frames within ${p95} ms`;
}

async function voice(browser) {
  const speaker = (cloud, offline, device) => async (page) => {
    await page.addInitScript((where) => {
      window.SpeechRecognition = class { static available = async () => where; start() {} stop() {} };
      Object.defineProperty(window, "isSecureContext", { value: true });
    }, device);
    await page.route("**/api/config", (route) => route.fulfill({ json: { cloud_voice: cloud, offline } }));
    await pretend(page);
  };
  for (const [cloud, offline, device, wanted] of [[false, false, "unavailable", 0], [false, false, "available", 1], [true, false, "unavailable", 1], [true, true, "available", 0]]) {
    const { context, page } = await open(browser, {}, speaker(cloud, offline, device));
    await online(page);
    await page.waitForTimeout(250);
    const count = await page.locator(".mic").count();
    if (wanted && cloud) {
      await page.click(".mic");
      expect(/leaves this device/.test(await page.locator(".voice-note").textContent()), "it does not say that the sound leaves the device");
    }
    await context.close();
    expect(count === wanted, `cloud ${cloud}, offline ${offline}, device ${device}: ${count} buttons`);
  }
}

async function kiosk(browser) {
  const { context, page } = await open(browser, {}, async (fresh) => {
    await fresh.clock.install();
    await pretend(fresh, { play: respond });
  });
  const answer = await page.goto(page.url() + "kiosk");
  if (answer?.status() === 404) return context.close().then(() => "skipped: this server has no /kiosk");
  expect(answer?.ok(), `/kiosk answered ${answer?.status()}`);
  await online(page);
  await say(page, "My order is ORD-1");
  await answered(page);
  await page.fill("#message", "a draft");
  await page.clock.runFor(95000);
  await page.getByText("Are you still there?").waitFor(PATIENCE);
  await page.clock.runFor(25000);
  await page.waitForSelector(".opening", PATIENCE);
  expect((await page.locator(".msg").count()) === 0 && (await page.inputValue("#message")) === "", "something of the chat is left");
  await context.close();
}

export async function parts(browser, shots) {
  await check("Shift + Enter, growing, counting and the limit", () => composer(browser));
  await check("chips, yes and no, and thumbs by keyboard alone", () => keyboard(browser));
  await check("a failed message is sent again under its own name", () => again(browser));
  await check("a refusal that passes is waited out", () => patience(browser));
  await check("an expired session gives way to a new one, the text stays", () => expired(browser));
  await check("what the shop does not take can be changed", () => refused(browser));
  await check("stages, provisional text, taking it back, handoff", () => stream(browser));
  await check("broken or hostile replies do not take the page down", () => broken(browser));
  await check("1,000 messages stay smooth, and the reader stays in place", () => thousand(browser, shots));
  await check("a kiosk forgets the chat of somebody who has left", () => kiosk(browser));
  await check("the microphone is only there where it may be", () => voice(browser));
}
