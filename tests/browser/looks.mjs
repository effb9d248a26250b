// Every size, light and dark: nothing sticks out, and axe finds nothing.

import { AxeBuilder } from "@axe-core/playwright";
import { answered, check, expect, online, open, pretend, reply, respond, say, SIZES, URL_BASE } from "./lib.mjs";

const evidence = (count) => Array.from({ length: count }, (_, i) => ({ id: `m-e${i}`, kind: "product", ref: "LAP-1", field: i ? "specs.Memory" : "price", value: i ? "16 GB" : "$899.00" }));
const fields = (...pairs) => pairs.map(([label, value]) => ({ label, value, evidence: "m-e1" }));
const money = { minor: 89900, currency: "USD", text: "$899.00" };

/** One of everything a reply may hold. */
export const SHOWCASE = [
  { agent: "sales", text: "These three fit what you describe.", evidence: evidence(4), cards: ["laptop", "phone", "headphones"].map((kind, i) => ({ kind: "product", ref: `P-${i}`, title: `A fine ${kind}`, money, status: i === 2 ? "Out of stock" : "In stock", image: `/assets/products/${kind}.svg`, fields: fields(["Memory", "16 GB DDR5"], ["Storage", "512 GB SSD"]) })) },
  { agent: "logistics", intent: "orders", provider: "local", text: "Your order is on its way.", evidence: evidence(1), cards: [{ kind: "order", ref: "ORD-1", title: "Order ORD-1", money, status: "shipped", fields: fields(["Expected", "January 7, 2026"], ["Tracking", "1Z8E4A270364138038"]) }] },
  { agent: "marketing", intent: "marketing", text: "This offer is running.", cards: [{ kind: "promotion", ref: "X10", title: "Gaming weeks", status: "Running", fields: fields(["Code", "X10"], ["Discount", "10%"]) }] },
  { agent: "human", provider: "staff", intent: null, confidence: null, sentiment: null, text: "Hello, this is Dana from the shop." },
  { agent: "orchestrator", intent: "general", text: "What do you mean?", options: [{ id: "sales", label: "Finding a product" }, { id: "support", label: "Help with a product" }] },
  { agent: "support", intent: "support", text: "I can open a ticket.", escalated: true, ticket: "TCK-9", pending_action: { action_id: "a-1", summary: "Open a ticket for our team" }, options: [{ id: "later", label: "Not now" }] },
];

async function axe(page, where) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.length === 0, `${where}: ${violations.map((v) => `${v.id} (${v.nodes.slice(0, 3).map((n) => n.target.join(" ")).join("; ")}): ${v.help}`).join("\n")}`);
}

async function fits(page, where) {
  const wide = await page.evaluate(() => {
    const limit = document.documentElement.clientWidth + 1;
    const out = [...document.body.querySelectorAll("*")].filter((node) => !node.closest(".hide, .skip") && node.getBoundingClientRect().right > limit);
    return out.slice(0, 3).map((node) => `${node.localName}.${node.className}`);
  });
  expect(wide.length === 0, `${where}: sticks out on the right: ${wide.join(", ")}`);
}

async function look(browser, size, colorScheme, shots) {
  const { context, page, complaints } = await open(browser, { viewport: SIZES[size], colorScheme }, async (fresh) => {
    let turn = 0;
    await pretend(fresh, {
      play(frame, shop) {
        if (frame.type !== "user_message") return;
        if (frame.text === "fail") return shop.send({ type: "error", code: "invalid_message", message: "The message holds control characters.", request_id: "r", client_message_id: frame.client_message_id });
        shop.send({ type: "agent_handoff", message_id: `n-${turn}`, seq: (shop.seq += 1), session_id: "s", role: "system", kind: "handoff", from: "sales", to: SHOWCASE[turn].agent, reason: "another question", created_at: "2026-01-05T10:00:00Z" });
        respond(frame, shop, SHOWCASE[turn]);
        turn += 1;
      },
    });
  });
  const shot = (name) => shots && page.screenshot({ path: `${shots}/${size}-${colorScheme}-${name}.png` });
  await online(page);
  await page.waitForSelector(".opening");
  await page.waitForTimeout(150);
  await axe(page, "welcome");
  await fits(page, "welcome");
  await shot("1-welcome");
  for (const [i] of SHOWCASE.entries()) {
    await say(page, `Question ${i + 1}`);
    await answered(page);
    if (i === 0) await page.waitForTimeout(200).then(() => shot("2-products"));
  }
  await say(page, "fail");
  await page.waitForSelector(".msg-user[data-state=failed]");
  await page.waitForTimeout(150);
  // Off-screen messages are not rendered; axe has to see them all.
  await page.evaluate(() => {
    for (const node of document.querySelectorAll(".msg")) if (node instanceof HTMLElement) node.style.contentVisibility = "visible";
  });
  await axe(page, "conversation");
  await fits(page, "conversation");
  await shot("3-conversation");
  await page.locator(".field").first().click();
  await page.waitForSelector("dialog[open]");
  await page.waitForTimeout(250);
  await axe(page, "why");
  await fits(page, "why");
  await shot("4-why");
  await context.close();
  expect(complaints.length === 0, complaints.join("\n"));
}

export async function looks(browser, shots) {
  for (const size of Object.keys(SIZES)) {
    for (const scheme of ["light", "dark"]) await check(`${size}, ${scheme}: axe finds nothing, nothing sticks out`, () => look(browser, size, scheme, shots));
  }
  await check("the API reference: axe finds nothing, nothing sticks out", async () => {
    const { context, page } = await open(browser, { viewport: SIZES.phone });
    const answer = await page.goto(`${URL_BASE}/docs`);
    if (answer?.status() === 404) await page.goto(`${URL_BASE}/assets/docs.html`);
    for (const size of Object.values(SIZES)) {
      await page.setViewportSize(size);
      await page.waitForSelector(".op");
      await axe(page, `${size.width} px`);
      await fits(page, `${size.width} px`);
    }
    await context.close();
  });
  await check("the colours can be switched and stay so", async () => {
    const { context, page } = await open(browser, { colorScheme: "light" }, (fresh) => pretend(fresh, { history: [reply(1)] }));
    await page.click("#theme");
    await page.reload();
    await page.waitForSelector(".msg-agent");
    const theme = await page.evaluate(() => document.documentElement.dataset.theme);
    await context.close();
    expect(theme === "dark", `the theme is ${theme}`);
  });
}
