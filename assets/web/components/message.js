// One message, or one line between messages.

import { agentClass, persona } from "../lib/agents.js";
import { el, GuardedElement, signal } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { clock } from "../lib/text.js";
import { EmActionBar } from "./action-bar.js";
import { EmCards } from "./card.js";
import { EmOptions } from "./options.js";
import { EmReplyTools } from "./reply-tools.js";

/** @typedef {import("../lib/types.js").Item} Item */

/** @param {string} agent */
export function badge(agent) {
  return el("span", { class: `badge ${agentClass(agent)}`, "aria-hidden": "true" }, icon(persona(agent).icon));
}

/** @param {import("../lib/types.js").NoticeItem} item */
function noticeLine({ notice, to, reason }) {
  if (notice === "handoff") return `${persona(to).name} joins`;
  if (notice === "takeover") return `${persona(to ?? "human").name} is taking care of you now`;
  return reason;
}

export class EmMessage extends GuardedElement {
  order = Number.POSITIVE_INFINITY;
  /** @type {Item|null} */
  #item = null;
  /** @type {unknown} */
  #drawn = null;

  /** @param {Item} item */
  set item(item) {
    this.#item = item;
    if (this.isConnected) this.guard(() => this.#draw(item));
  }

  connected() {
    if (this.#item) this.#draw(this.#item);
  }

  /** @param {Item} item */
  #draw(item) {
    if (item.kind === "user") return this.#drawUser(item);
    if (item.kind === "draft") return this.#drawDraft(item);
    if (item.kind === "notice") return this.#drawNotice(item);
    if (this.#drawn !== item.message) this.#drawReply(item);
    this.#live(item);
  }

  /** @param {import("../lib/types.js").UserItem} item */
  #drawUser(item) {
    this.#frame("msg msg-user", `You, ${clock(item.at)}`);
    this.dataset["state"] = item.state;
    const foot = el("div", { class: "msg-foot" }, this.#state(item));
    if (this.#drawn === "user") {
      this.lastElementChild?.replaceWith(foot);
      const text = this.querySelector(".msg-text");
      if (text && text.textContent !== item.text) text.textContent = item.text;
      return;
    }
    this.#drawn = "user";
    this.replaceChildren(el("div", { class: "bubble" }, el("p", { class: "msg-text", dir: "auto", text: item.text })), foot);
  }

  /** @param {import("../lib/types.js").UserItem} item */
  #state(item) {
    if (item.state === "failed") {
      /** @param {string} words @param {string} name */
      const act = (words, name) => el("button", { type: "button", class: "again", text: words, on: { click: () => this.dispatchEvent(signal(name, { item })) } });
      const again = item.wrong ? act("Change it", "em-change") : !item.resent && act("Send again", "em-again");
      return el("span", { class: "failed" }, el("span", { class: "failed-why" }, icon("alert"), el("span", { text: item.problem ?? "Not sent." })), again);
    }
    if (item.state === "sending") return el("span", { class: "quiet" }, icon("clock"), el("span", { class: "state", text: "Sending" }));
    const queue = item.state === "sent" && item.ahead ? `Sent, ${item.ahead} ahead of you` : "Sent";
    const words = item.state === "answered" ? clock(item.at) : queue;
    return el("span", { class: "quiet" }, icon("check"), el("span", { class: "state", text: words }), item.state === "answered" && el("span", { class: "hide", text: ", answered" }));
  }

  /** @param {import("../lib/types.js").DraftItem} item */
  #drawDraft(item) {
    const text = item.parts.filter((part) => part !== undefined).join("");
    if (this.#drawn === "draft") {
      const shown = this.querySelector(".msg-text");
      if (shown) shown.textContent = text;
      return;
    }
    this.#drawn = "draft";
    this.#frame(`msg msg-agent msg-draft ${agentClass(item.agent)}`, `${persona(item.agent).name} is writing`);
    // Read out when it is complete, not sentence by sentence.
    this.setAttribute("aria-busy", "true");
    this.replaceChildren(badge(item.agent), el("div", { class: "msg-main" }, this.#head(item.agent, item.at), this.#bubble(text)));
  }

  /** @param {import("../lib/types.js").NoticeItem} item */
  #drawNotice(item) {
    this.className = `notice notice-${item.notice === "told" ? "told" : "line"}`;
    const line = noticeLine(item);
    const agent = item.to && item.notice !== "told" ? badge(item.to) : null;
    this.replaceChildren(el("span", { class: "notice-text" }, agent, el("span", { text: line })));
  }

  /** @param {import("../lib/types.js").AgentItem} item */
  #drawReply({ message, at }) {
    this.#drawn = message;
    this.removeAttribute("aria-busy");
    this.#frame(`msg msg-agent ${agentClass(message.agent)}`, `${persona(message.agent).name}, ${clock(at)}`);
    const main = el("div", { class: "msg-main" }, this.#head(message.agent, at), message.text ? this.#bubble(message.text) : null);
    if (message.cards?.length) main.append(new EmCards(message));
    if (message.ticket && !message.cards?.some((card) => card.ref === message.ticket)) main.append(el("p", { class: "fact" }, icon("ticket"), el("span", { text: `Your ticket: ${message.ticket}` })));
    if (message.escalated) main.append(el("p", { class: "fact" }, icon("person"), el("span", { text: "A member of staff has been called." })));
    this.action = message.pending_action ? new EmActionBar() : null;
    this.options = message.options?.length ? new EmOptions() : null;
    this.tools = new EmReplyTools();
    this.tools.message = message;
    main.append(...[this.action, this.options, this.tools].filter((part) => part !== null));
    this.replaceChildren(badge(message.agent), main);
  }

  /** What changes on a reply already shown. @param {import("../lib/types.js").AgentItem} item */
  #live(item) {
    if (this.action) this.action.item = item;
    if (this.options) this.options.item = item;
  }

  /** @param {string} className @param {string} label */
  #frame(className, label) {
    this.className = className;
    this.setAttribute("role", "article");
    this.setAttribute("aria-label", label);
  }

  /** @param {string} agent @param {Date} at */
  #head(agent, at) {
    return el("div", { class: "msg-head" }, el("span", { class: "msg-who", text: persona(agent).name }), el("time", { class: "msg-time", datetime: at.toISOString(), text: clock(at) }));
  }

  /** @param {string} text */
  #bubble(text) {
    return el("div", { class: "bubble" }, el("p", { class: "msg-text", dir: "auto", text }));
  }
}

customElements.define("em-message", EmMessage);
