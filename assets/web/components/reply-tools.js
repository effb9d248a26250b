// Below a reply: was it any good, and what does it rest on?

import { el, GuardedElement, signal } from "../lib/dom.js";
import { icon } from "../lib/icons.js";

export class EmReplyTools extends GuardedElement {
  /** @type {import("../lib/types.js").AgentMessage|null} */
  message = null;

  connected() {
    const { message } = this;
    if (!message || this.childElementCount) return;
    this.className = "reply-tools";
    const thanks = el("span", { class: "quiet", role: "status" });
    /** @type {HTMLButtonElement[]} */
    const thumbs = [];
    /** @param {"up"|"down"} rating @param {string} label */
    const thumb = (rating, label) => {
      const button = el("button", { type: "button", class: "tool-small", "aria-label": label, title: label, "aria-pressed": "false" }, icon(rating));
      button.addEventListener("click", () => {
        const detail = { message, rating, sent: false };
        this.dispatchEvent(signal("em-rate", detail));
        for (const other of thumbs) other.setAttribute("aria-pressed", String(detail.sent && other === button));
        const words = rating === "up" ? "Thank you!" : "Thank you, we will look at it.";
        thanks.textContent = detail.sent ? words : "Not connected right now. Please try again.";
      });
      thumbs.push(button);
      return button;
    };
    const why = el("button", { type: "button", class: "why", "aria-haspopup": "dialog", on: { click: () => this.dispatchEvent(signal("em-why", { message })) } }, icon("why"), "Why?");
    this.replaceChildren(why, thumb("up", "This helped"), thumb("down", "This did not help"), thanks);
  }
}

customElements.define("em-reply-tools", EmReplyTools);
