// Products, orders, tickets and promotions beside a reply.

import { el, GuardedElement, signal } from "../lib/dom.js";
import { icon } from "../lib/icons.js";

/** @typedef {import("../lib/types.js").Card} Card */

const FALLBACK_IMAGE = "/assets/products/other.svg";

/** @type {Record<string, {icon: string, name: string}>} */
const KINDS = {
  product: { icon: "tag", name: "Product" },
  order: { icon: "box", name: "Order" },
  ticket: { icon: "ticket", name: "Ticket" },
  promotion: { icon: "percent", name: "Offer" },
};

/** Which colour a status gets. @param {string} status */
function tone(status) {
  const word = status.toLowerCase();
  if (/out of|cancel|refus|fail|lost|expired|problem/.test(word)) return "bad";
  if (/in stock|deliver(ed|y today)|running|resolved|closed|completed/.test(word)) return "good";
  return "calm";
}

/** Pictures come from this shop only. @param {string|undefined} image */
function picture(image) {
  try {
    const url = new URL(image || FALLBACK_IMAGE, location.href);
    return url.origin === location.origin || url.protocol === "data:" ? url.href : FALLBACK_IMAGE;
  } catch {
    return FALLBACK_IMAGE;
  }
}

export class EmCards extends GuardedElement {
  /** @param {import("../lib/types.js").AgentMessage} [message] */
  constructor(message) {
    super();
    this.message = message;
  }

  connected() {
    const { message } = this;
    if (!message) return;
    const cards = message.cards ?? [];
    const shape = cards.length === 1 ? "cards cards-one" : cards.length === 3 ? "cards cards-many cards-three" : "cards cards-many";
    this.replaceChildren(el("ul", { class: shape }, ...cards.map((card) => el("li", {}, this.#card(card, message)))));
  }

  /** @param {Card} card @param {import("../lib/types.js").AgentMessage} message */
  #card(card, message) {
    try {
      return this.#draw(card, message);
    } catch (problem) {
      console.error("a card could not be shown", problem);
      return el("p", { class: "broken", text: "This part could not be shown." });
    }
  }

  /** @param {Card} card @param {import("../lib/types.js").AgentMessage} message */
  #draw(card, message) {
    const known = KINDS[card.kind] ?? { icon: "tag", name: "Details" };
    const product = card.kind === "product";
    const status = card.status && el("span", { class: `pill pill-${tone(card.status)}`, text: capital(card.status) });
    const line = el("div", { class: "card-line" }, card.money && el("span", { class: "card-price", text: card.money.text }), status);
    const titles = el("div", { class: "card-titles" }, el("h2", { class: "card-title", text: card.title }), line);
    const head = el("div", { class: "card-head" }, !product && el("span", { class: "card-kind" }, icon(known.icon)), titles);
    const fields = (card.fields ?? []).map((field) => this.#field(field, message));
    const body = el("div", { class: "card-body" }, head, fields.length ? el("div", { class: "card-fields" }, ...fields) : null);
    return el("article", { class: `card card-${card.kind}`, "aria-label": `${known.name}: ${card.title}` }, product && this.#image(card), body);
  }

  /** @param {Card} card */
  #image(card) {
    const image = el("img", { class: "card-image", alt: "", width: 320, height: 240, loading: "lazy", decoding: "async", src: picture(card.image) });
    image.addEventListener("error", () => (image.src = FALLBACK_IMAGE), { once: true });
    return el("div", { class: "card-picture" }, image);
  }

  /** @param {import("../lib/types.js").CardField} field @param {import("../lib/types.js").AgentMessage} message */
  #field(field, message) {
    const open = () => this.dispatchEvent(signal("em-why", { message, evidence: field.evidence }));
    const label = el("span", { class: "field-label", text: field.label });
    const value = el("span", { class: "field-value", text: field.value });
    return el("button", { type: "button", class: "field", title: "Where this comes from", on: { click: open } }, label, value, el("span", { class: "hide", text: ". Show where this comes from" }));
  }
}

/** @param {string} words */
function capital(words) {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

customElements.define("em-cards", EmCards);
