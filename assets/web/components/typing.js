// Who is at work, and with what.

import { agentClass, stageLine } from "../lib/agents.js";
import { el, GuardedElement } from "../lib/dom.js";
import { badge } from "./message.js";

/** Longer than any turn may take: a line that outlives it tells something untrue. */
const FORGOTTEN_MS = 125000;
/** A person may stop writing without a word. */
const PERSON_MS = 12000;

export class EmTyping extends GuardedElement {
  #timer = 0;

  connected() {
    this.setAttribute("role", "status");
  }

  /** @param {import("../lib/types.js").Busy|null} busy */
  set busy(busy) {
    clearTimeout(this.#timer);
    this.guard(() => this.#draw(busy));
    if (busy) this.#timer = setTimeout(() => this.replaceChildren(), busy.agent === "human" ? PERSON_MS : FORGOTTEN_MS);
  }

  /** @param {import("../lib/types.js").Busy|null} busy */
  #draw(busy) {
    if (!busy) return this.replaceChildren();
    const dots = el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i"));
    this.replaceChildren(el("div", { class: `typing ${agentClass(busy.agent)}` }, badge(busy.agent), dots, el("span", { class: "typing-text", text: stageLine(busy.agent, busy.stage) })));
  }
}

customElements.define("em-typing", EmTyping);
