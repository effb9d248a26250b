// The conversation. Follows the newest message unless the reader has scrolled up.

import { el, GuardedElement } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { EmMessage } from "./message.js";
import { EmTyping } from "./typing.js";

/** @typedef {import("../lib/types.js").Item} Item */

/** This close to the end counts as being there. */
const NEAR_PX = 90;
const SCROLL_KEYS = new Set(["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End", " "]);

export class EmMessageList extends GuardedElement {
  /** @type {Map<string, EmMessage>} */
  #shown = new Map();
  #follow = true;
  #settling = 0;

  connected() {
    this.log = el("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": "Conversation" });
    this.typing = /** @type {EmTyping} */ (document.createElement("em-typing"));
    this.top = el("div", { class: "list-top" });
    const column = el("div", { class: "column" }, this.top, this.log, this.typing);
    this.scroller = el("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": "Messages" }, column);
    this.jump = el("button", { type: "button", class: "jump", hidden: true, on: { click: () => this.toEnd(true) } }, icon("arrow"), "New messages");
    this.replaceChildren(this.scroller, this.jump);

    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    for (const sign of ["wheel", "touchmove", "keydown", "pointermove"]) {
      this.scroller.addEventListener(sign, (event) => this.#moved(event), { passive: true });
    }
    // Pictures that load late and a keyboard that opens must not push the newest message out of sight.
    const watch = new ResizeObserver(() => this.#follow && this.#stick());
    watch.observe(column);
    watch.observe(this.scroller);
  }

  /** @param {Item} item */
  put(item) {
    const known = this.#shown.get(item.key);
    const message = known ?? new EmMessage();
    const order = item.seq ?? Number.POSITIVE_INFINITY;
    const place = known && known.order === order ? known : this.#place(order, message);
    message.order = order;
    message.item = item;
    if (place !== message || !known) this.log?.insertBefore(message, place === message ? null : place);
    this.#shown.set(item.key, message);
    if (!known) this.#arrived(item);
    else if (this.#follow) this.#stick();
  }

  /**
   * The message before which one of this order belongs; null for the end.
   * @param {number} order @param {EmMessage} own
   */
  #place(order, own) {
    /** @type {EmMessage|null} */
    let before = null;
    let child = this.log?.lastElementChild ?? null;
    while (child instanceof EmMessage && (child === own || child.order > order)) {
      if (child !== own) before = child;
      child = child.previousElementSibling;
    }
    return before;
  }

  /** @param {string} key */
  gone(key) {
    this.#shown.get(key)?.remove();
    this.#shown.delete(key);
  }

  get size() {
    return this.#shown.size;
  }

  /** @param {Item} item */
  #arrived(item) {
    if (item.kind === "user" && item.state === "sending") this.#follow = true;
    if (this.#follow) this.#stick();
    else if (item.kind !== "user") this.#offer("New messages");
  }

  /** @param {import("../lib/types.js").Busy|null} busy */
  busy(busy) {
    if (this.typing) this.typing.busy = busy;
    if (this.#follow) this.#stick();
  }

  /** While older messages come in they are not read out one by one. @param {boolean} loading */
  loading(loading) {
    this.log?.setAttribute("aria-busy", String(loading));
  }

  /** @param {boolean} [smooth] */
  toEnd(smooth = false) {
    this.#follow = true;
    if (this.jump) this.jump.hidden = true;
    const end = this.scroller?.scrollHeight ?? 0;
    if (smooth && !matchMedia("(prefers-reduced-motion: reduce)").matches && this.scroller) {
      this.#settling = Date.now() + 700;
      this.scroller.scrollTo({ top: end, behavior: "smooth" });
    } else this.scroller?.scrollTo({ top: end });
  }

  #queued = 0;

  #stick() {
    if (this.#queued || Date.now() < this.#settling || this.size === 0) return;
    this.#queued = requestAnimationFrame(() => {
      this.#queued = 0;
      const box = this.scroller;
      if (!box || !this.#follow) return;
      const target = this.#target(box);
      if (target > box.scrollTop) box.scrollTop = target;
      const below = this.#below(box) > NEAR_PX;
      if (below) this.#offer("More below");
    });
  }

  /** The end; or, of a reply taller than the window, its beginning. @param {HTMLElement} box */
  #target(box) {
    const end = box.scrollHeight - box.clientHeight;
    const last = this.log?.lastElementChild;
    if (!(last instanceof EmMessage) || !last.classList.contains("msg-agent")) return end;
    const top = last.getBoundingClientRect().top - box.getBoundingClientRect().top + box.scrollTop;
    return Math.min(end, top - 12);
  }

  /** @param {HTMLElement} box */
  #below(box) {
    return box.scrollHeight - box.scrollTop - box.clientHeight;
  }

  /** @param {string} words */
  #offer(words) {
    if (!this.jump || (!this.jump.hidden && words === "More below")) return;
    this.jump.lastChild?.replaceWith(words);
    this.jump.hidden = false;
  }

  #scrolled() {
    const box = this.scroller;
    if (!box || this.#below(box) >= NEAR_PX) return;
    this.#follow = true;
    if (this.jump) this.jump.hidden = true;
  }

  /** The reader moves the page: from then on it stays, unless they are at the end. @param {Event} event */
  #moved(event) {
    if (event instanceof PointerEvent && !event.buttons) return;
    if (event instanceof KeyboardEvent && !SCROLL_KEYS.has(event.key)) return;
    this.#settling = 0;
    requestAnimationFrame(() => {
      if (this.scroller) this.#follow = this.#below(this.scroller) < NEAR_PX;
    });
  }
}

customElements.define("em-message-list", EmMessageList);
