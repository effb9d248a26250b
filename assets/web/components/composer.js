// Where the customer writes.

import { el, GuardedElement, signal } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { read, write } from "../lib/storage.js";
import { length, normalise } from "../lib/text.js";

/** From this share of the limit on, what is left is shown. */
const COUNT_FROM = 0.8;
const TYPING_EVERY_MS = 4000;

export class EmComposer extends GuardedElement {
  #most = 1000;
  #toldTyping = 0;

  connected() {
    this.field = el("textarea", { id: "message", class: "field-text", rows: 1, placeholder: "Write your message", autocomplete: "off", enterkeyhint: "send", dir: "auto" });
    this.field.setAttribute("aria-describedby", "count hint");
    this.field.value = read("draft") ?? "";
    this.count = el("span", { id: "count", class: "count", role: "status" });
    this.hint = el("span", { id: "hint", class: "hint", text: "Enter sends, Shift + Enter starts a new line" });
    this.send = el("button", { type: "submit", class: "send", "aria-label": "Send", title: "Send" }, icon("send"));
    this.extra = el("span", { class: "composer-extra" });
    const form = el(
      "form",
      { class: "composer", novalidate: true },
      el("label", { class: "hide", for: "message", text: "Your message" }),
      el("div", { class: "composer-box" }, this.field, this.extra, this.send),
      el("div", { class: "composer-foot" }, this.hint, this.count),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.field.addEventListener("input", () => this.#changed());
    this.field.addEventListener("keydown", (event) => this.#key(event));
    this.replaceChildren(form);
    this.#measure();
  }

  /** @param {number} most */
  set limit(most) {
    this.#most = most;
    this.guard(() => this.#measure());
  }

  clear() {
    if (this.field) this.field.value = "";
    write("draft", null);
    this.#measure();
  }

  focusField() {
    this.field?.focus();
  }

  /** Puts words where the cursor is, as the microphone does. @param {string} text */
  insert(text) {
    const { field } = this;
    if (!field) return;
    const joined = field.value && !/\s$/.test(field.value) ? ` ${text}` : text;
    field.setRangeText(joined, field.selectionStart, field.selectionEnd, "end");
    this.#changed();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    // An Enter that ends a word being composed (Japanese, Chinese, accents) does not send.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.#submit();
  }

  #submit() {
    const text = normalise(this.field?.value ?? "");
    const size = length(text);
    if (!this.field || size === 0 || size > this.#most) return;
    this.clear();
    this.dispatchEvent(signal("em-send", { text }));
  }

  #changed() {
    write("draft", this.field?.value || null);
    this.#measure();
    const now = Date.now();
    if (now - this.#toldTyping < TYPING_EVERY_MS) return;
    this.#toldTyping = now;
    this.dispatchEvent(signal("em-typing", {}));
  }

  #measure() {
    const { field, count, send } = this;
    if (!field || !count || !send) return;
    const size = length(normalise(field.value));
    const over = size - this.#most;
    const words = over > 0 ? `${over.toLocaleString()} ${over === 1 ? "character" : "characters"} too many` : size >= this.#most * COUNT_FROM ? `${(-over).toLocaleString()} left` : "";
    if (count.textContent !== words) count.textContent = words;
    this.classList.toggle("too-long", over > 0);
    field.setAttribute("aria-invalid", String(over > 0));
    send.disabled = size === 0 || over > 0;
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight}px`;
  }

  /** @param {import("../lib/types.js").Config} config */
  async voice(config) {
    try {
      const { voiceButton } = await import("../lib/voice.js");
      const parts = await voiceButton(config, (text) => this.insert(text));
      if (parts) this.extra?.replaceChildren(...parts);
    } catch (problem) {
      console.error("no voice", problem);
    }
  }
}

customElements.define("em-composer", EmComposer);
