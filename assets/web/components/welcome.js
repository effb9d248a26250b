// What an empty conversation begins with.

import { el, GuardedElement, signal } from "../lib/dom.js";
import { icon } from "../lib/icons.js";

const OPENINGS = [
  { icon: "tag", text: "Help me choose a laptop", hint: "Compare, with prices and stock" },
  { icon: "percent", text: "Show me what's on offer", hint: "Promotions and codes" },
  { icon: "truck", text: "Where is my order?", hint: "Have the order number at hand" },
  { icon: "tool", text: "I need help with a product", hint: "Faults, warranty, returns" },
];

export class EmWelcome extends GuardedElement {
  /** @type {import("../lib/types.js").Config|null} */
  #config = null;

  /** @param {import("../lib/types.js").Config} config */
  set config(config) {
    this.#config = config;
    this.guard(() => this.connected());
  }

  connected() {
    this.className = "welcome";
    const openings = OPENINGS.map(({ icon: name, text, hint }) => {
      const ask = () => this.dispatchEvent(signal("em-suggest", { text }));
      const words = el("span", { class: "opening-words" }, el("span", { class: "opening-text", text }), el("span", { class: "opening-hint", text: hint }));
      return el("li", {}, el("button", { type: "button", class: "opening", on: { click: ask } }, el("span", { class: "opening-icon" }, icon(name)), words));
    });
    const shop = this.#config?.shopName;
    const hours = this.#config?.hours;
    this.replaceChildren(
      el("p", { class: "eyebrow", text: shop ? `Welcome to ${shop}` : "Welcome" }),
      el("h2", { class: "welcome-title", text: "What can we help you with?" }),
      el("p", { class: "welcome-text", text: "Ask in your own words. Every answer comes from the shop's own records, and a tap on “Why?” shows you which." }),
      el("ul", { class: "openings", "aria-label": "Ways to begin" }, ...openings),
    );
    if (hours) this.append(el("p", { class: "welcome-hours" }, icon("clock"), el("span", { text: hours })));
  }
}

customElements.define("em-welcome", EmWelcome);
