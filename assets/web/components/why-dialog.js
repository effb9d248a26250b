// What a reply rests on, and the one question the page asks by itself.

import { intentLine, persona, providerLine } from "../lib/agents.js";
import { el } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { fieldName } from "../lib/text.js";

/** @typedef {import("../lib/types.js").Evidence} Evidence */
/** @typedef {import("../lib/types.js").AgentMessage} AgentMessage */

/** @type {Record<string, string>} */
const KINDS = { product: "Product", order: "Order", customer: "Customer", promotion: "Offer", ticket: "Ticket", knowledge: "Shop handbook", record: "Record" };

/** @type {Record<string, string>} */
const FORMULAS = {
  count: "Counted", matches: "Counted", sum: "Added up", difference: "Worked out: the difference", times: "Multiplied", after: "Worked out: the price after the discount",
  saving: "Worked out: what you save", daysuntil: "Worked out: days from today", dayssince: "Worked out: days until today", later: "Worked out: a later day", duration: "Worked out: a duration", today: "Today's date",
};

/** Where a piece of evidence comes from. @param {Evidence} evidence */
function source({ kind, ref }) {
  if (kind === "said") return "What you told us";
  if (kind === "shop") return "The shop's settings";
  if (kind === "derived") return FORMULAS[ref.replace(/[^a-z].*$/, "")] ?? "Worked out from the records";
  return `${KINDS[kind] ?? "Record"}${ref ? ` ${ref}` : ""}`;
}

const FROM_RECORDS = new Set(Object.keys(KINDS));

/**
 * @param {string} heading
 * @param {(Node|null)[]} content
 * @param {string} className
 */
function open(heading, content, className) {
  const title = el("h2", { class: "dialog-title", id: "dialog-title", text: heading });
  const close = el("button", { type: "button", class: "tool", "aria-label": "Close", title: "Close" }, icon("close"));
  const body = el("div", { class: "dialog-body", tabindex: "0", role: "region", "aria-labelledby": "dialog-title" }, ...content);
  const dialog = el("dialog", { class: `dialog ${className}`, "aria-labelledby": "dialog-title" }, el("div", { class: "dialog-head" }, title, close), body);
  const before = document.activeElement;
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("keydown", (event) => keepInside(dialog, event));
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (before instanceof HTMLElement) before.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  return { dialog, body, close };
}

/** @param {HTMLElement} dialog @param {KeyboardEvent} event */
function keepInside(dialog, event) {
  if (event.key !== "Tab") return;
  const stops = [...dialog.querySelectorAll("button, a[href], [tabindex='0']")].filter((stop) => stop instanceof HTMLElement && !stop.hidden);
  const first = stops[0];
  const last = stops[stops.length - 1];
  const from = event.shiftKey ? first : last;
  const to = event.shiftKey ? last : first;
  if (document.activeElement !== from || !(to instanceof HTMLElement)) return;
  event.preventDefault();
  to.focus();
}

/**
 * @param {AgentMessage} message
 * @param {string|undefined} wanted The piece of evidence asked about.
 * @param {Record<string, string>} bearer
 */
export function showWhy(message, wanted, bearer) {
  const { close, body } = open("Why this answer?", [story(message), ...groups(message, bearer)], "dialog-why");
  const row = wanted ? [...body.querySelectorAll("[data-evidence]")].find((own) => /** @type {HTMLElement} */ (own).dataset["evidence"] === wanted) : undefined;
  if (row instanceof HTMLElement) {
    row.classList.add("evidence-wanted");
    row.tabIndex = -1;
    row.focus();
    row.scrollIntoView({ block: "center" });
  } else close.focus();
}

/** @param {AgentMessage} message */
function story({ agent, intent, confidence, provider }) {
  const { name, does } = persona(agent);
  const about = intentLine(intent);
  const sure = typeof confidence === "number" ? `, ${Math.round(confidence * 100)}% sure` : "";
  return el(
    "dl",
    { class: "story" },
    ...entry("Who answered", `${name}: ${does}`),
    ...(about ? entry("Understood as", `You asked about ${about}${sure}`) : []),
    ...entry("How it was written", providerLine(provider)),
  );
}

/** @param {string} term @param {string} words */
function entry(term, words) {
  return words ? [el("dt", { text: term }), el("dd", { text: words })] : [];
}

/** @param {AgentMessage} message @param {Record<string, string>} bearer */
function groups({ evidence = [] }, bearer) {
  if (!evidence.length) return [el("p", { class: "dialog-note", text: "This reply states nothing that would need a record." })];
  /** @type {Map<string, Evidence[]>} */
  const bySource = new Map();
  for (const one of evidence) bySource.set(source(one), [...(bySource.get(source(one)) ?? []), one]);
  const sections = [...bySource].map(([name, list]) => el("section", { class: "source" }, sourceHead(name, list, bearer), el("ul", { class: "evidence" }, ...list.map(row))));
  return [el("h3", { class: "dialog-sub", text: "What it rests on" }), ...sections];
}

/** @param {Evidence} evidence */
function row({ id, field, value }) {
  const name = fieldName(field);
  return el("li", { "data-evidence": id }, name ? el("span", { class: "field-label", text: name }) : null, el("span", { class: "field-value", text: value }));
}

/** @param {string} name @param {Evidence[]} list @param {Record<string, string>} bearer */
function sourceHead(name, list, bearer) {
  const first = list[0];
  const title = el("h4", { class: "source-name", text: name });
  if (!first || !FROM_RECORDS.has(first.kind)) return title;
  const button = el("button", { type: "button", class: "link-button", text: "Whole record", "aria-label": `Whole record of ${name}` });
  button.addEventListener("click", () => record(first.id, bearer, button));
  return el("div", { class: "source-head" }, title, button);
}

/** @param {string} id @param {Record<string, string>} bearer @param {HTMLButtonElement} button */
async function record(id, bearer, button) {
  button.disabled = true;
  const place = button.closest(".source");
  try {
    const answer = await fetch(`/api/evidence/${encodeURIComponent(id)}`, { headers: { ...bearer, accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const found = await answer.json();
    place?.append(el("dl", { class: "record" }, ...lines(found.record ?? found)));
    button.remove();
  } catch {
    place?.append(el("p", { class: "dialog-note", role: "status", text: "The record cannot be shown right now." }));
  }
}

/** A record of whatever kind, as lines. @param {unknown} value @param {string} [path] @returns {HTMLElement[]} */
function lines(value, path = "") {
  if (value === null || value === undefined || value === "") return [];
  if (typeof value !== "object") return entry(path ? fieldName(path) : "Value", String(value));
  if (Array.isArray(value) && value.every((one) => typeof one !== "object")) return entry(fieldName(path), value.join(", "));
  return Object.entries(value).flatMap(([name, own]) => lines(own, Array.isArray(value) ? `${path} ${Number(name) + 1}` : path ? `${path} ${name}` : name));
}

/**
 * @param {string} heading @param {string} words
 * @param {string} yes @param {string} no The safe answer: where the focus is, and what Esc means.
 * @param {number} [patience_ms] After this long nobody is there, which is a yes.
 * @returns {Promise<boolean>}
 */
export function ask(heading, words, yes, no, patience_ms) {
  return new Promise((resolve) => {
    const go = el("button", { type: "button", class: "primary", text: yes });
    const stay = el("button", { type: "button", class: "secondary", text: no });
    const { dialog } = open(heading, [el("p", { text: words }), el("div", { class: "action-buttons" }, go, stay)], "dialog-ask");
    let agreed = false;
    const agree = () => {
      agreed = true;
      dialog.close();
    };
    const timer = patience_ms ? setTimeout(agree, patience_ms) : 0;
    go.addEventListener("click", agree);
    stay.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      clearTimeout(timer);
      resolve(agreed);
    });
    stay.focus();
  });
}
