// Something the assistant may do, and waits for a yes or a no.

import { el, GuardedElement, signal } from "../lib/dom.js";
import { icon } from "../lib/icons.js";

export class EmActionBar extends GuardedElement {
  /** @param {import("../lib/types.js").AgentItem} item */
  set item(item) {
    this.guard(() => this.#draw(item));
  }

  /** @param {import("../lib/types.js").AgentItem} item */
  #draw(item) {
    const open = item.latest && !item.settled;
    const summary = item.message.pending_action?.summary ?? "";
    this.className = open ? "action" : "action action-done";
    this.setAttribute("role", "group");
    this.setAttribute("aria-label", summary);
    /** @param {boolean} yes @param {string} label @param {string} look */
    const button = (yes, label, look) => {
      const answer = (/** @type {Event} */ event) => this.dispatchEvent(signal("em-confirm", { item, yes, byKey: /** @type {MouseEvent} */ (event).detail === 0 }));
      return el("button", { type: "button", class: look, text: label, on: { click: answer } });
    };
    const ask = el("p", { class: "action-text" }, icon("check"), el("span", { text: summary }));
    if (!open) return this.replaceChildren(ask);
    this.replaceChildren(ask, el("div", { class: "action-buttons" }, button(true, "Yes, please", "primary"), button(false, "No, thanks", "secondary")));
  }
}

customElements.define("em-action-bar", EmActionBar);
