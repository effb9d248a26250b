// The chips below a reply. Only those of the newest reply can be tapped.

import { el, GuardedElement, signal } from "../lib/dom.js";

export class EmOptions extends GuardedElement {
  /** @param {import("../lib/types.js").AgentItem} item */
  set item(item) {
    this.guard(() => this.#draw(item));
  }

  /** @param {import("../lib/types.js").AgentItem} item */
  #draw(item) {
    const open = item.latest && !item.settled;
    this.setAttribute("role", "group");
    this.setAttribute("aria-label", open ? "Choose one" : "Earlier choices");
    this.className = "chips";
    const chips = (item.message.options ?? []).map((option) => {
      const choose = (/** @type {Event} */ event) => this.dispatchEvent(signal("em-choose", { item, option, byKey: /** @type {MouseEvent} */ (event).detail === 0 }));
      return el("button", { type: "button", class: "chip", disabled: !open, text: option.label, on: { click: choose } });
    });
    this.replaceChildren(...chips);
  }
}

customElements.define("em-options", EmOptions);
