// The chat: what the customer does, put on the wire; what comes back, put into the conversation.

import { Connection } from "./connection.js";
import { Conversation } from "./conversation.js";
import { Outbox } from "./outbox.js";
import { sessionLost } from "./link.js";
import { freshId, normalise } from "./text.js";

/** @typedef {import("./types.js").UserItem} UserItem */
/** @typedef {import("./types.js").Frame} Frame */

/** Refusals that sending the same again does not change. */
const FINAL = new Set(["conflict", "not_found", "forbidden", "invalid_message", "payload_too_large"]);

/** @type {Record<string, string>} */
const WORDS = {
  busy: "The shop is very busy right now. Please try again in a moment.",
  rate_limited: "That was a lot at once. Please wait a moment and try again.",
  timeout: "This took too long to answer. Please try again.",
  conflict: "That is no longer open. Please tell us again what you would like.",
  internal: "Something went wrong on our side. Please try again.",
};
const FALLBACK = "This could not be sent. Please try again.";

export class Chat {
  /**
   * @param {object} told
   * @param {(item: import("./types.js").Item) => void} told.put
   * @param {(key: string) => void} told.gone
   * @param {(busy: import("./types.js").Busy|null) => void} told.busy
   * @param {(state: import("./types.js").LinkState) => void} told.state
   * @param {(lastSeq: number) => void} told.ready The session is there; messages up to `lastSeq` follow.
   */
  constructor(told) {
    this.told = told;
    this.conversation = new Conversation({
      put: told.put,
      gone: told.gone,
      busy: told.busy,
    });
    this.connection = new Connection({
      frame: (frame) => this.#receive(frame),
      state: (state) => this.#state(state),
      renewed: (ended) => this.#renewed(ended),
      lastSeq: () => this.conversation.lastSeq,
    });
    this.outbox = new Outbox({
      send: (frame) => this.connection.send(frame),
      silent: () => this.connection.recycle(),
      failed: (item, words) => this.conversation.fail(item, words),
    });
  }

  start() {
    for (const item of Outbox.left()) {
      this.conversation.put(item);
      this.outbox.add(item);
    }
    this.connection.start();
  }

  /** @param {string} raw */
  sendText(raw) {
    const text = normalise(raw);
    if (text) this.#say({ type: "user_message", text }, text);
  }

  /** @param {import("./types.js").AgentItem} item @param {import("./types.js").Option} option */
  choose(item, option) {
    this.#settled(item);
    this.#say({ type: "choose", message_id: item.key, option: option.id }, option.label);
  }

  /** @param {import("./types.js").AgentItem} item @param {boolean} yes */
  confirm(item, yes) {
    this.#settled(item);
    this.#say({ type: "confirm", action_id: item.message.pending_action?.action_id, yes }, yes ? "Yes" : "No");
  }

  /** @param {string} messageId @param {"up"|"down"} rating */
  rate(messageId, rating) {
    return this.connection.send({ type: "feedback", message_id: messageId, rating });
  }

  typing() {
    if (this.connection.way === "socket") this.connection.send({ type: "typing" });
  }

  /** Sends a failed message again: under its own name, unless the shop had already taken it. @param {UserItem} item */
  again(item) {
    if (item.messageId || !item.event) {
      this.#spent(item);
      return this.#say({ type: "user_message", text: item.text }, item.text);
    }
    item.state = "sending";
    delete item.problem;
    this.conversation.put(item);
    this.outbox.add(item);
  }

  /** Nothing comes of sending it again. @param {UserItem} item */
  #spent(item) {
    delete item.event;
    item.resent = true;
    this.conversation.put(item);
  }

  startOver() {
    this.outbox.empty();
    this.connection.renew(false);
  }

  /** @param {import("./types.js").AgentItem} item */
  #settled(item) {
    item.settled = true;
    this.conversation.put(item);
  }

  /** @param {Frame} event @param {string} text */
  #say(event, text) {
    const clientId = freshId();
    /** @type {UserItem} */
    const item = { kind: "user", key: `own-${clientId}`, clientId, text, state: "sending", at: new Date(), event: { ...event, client_message_id: clientId } };
    this.conversation.put(item);
    this.outbox.add(item);
  }

  /** @param {import("./types.js").LinkState} state */
  #state(state) {
    if (state !== "online") this.conversation.dropDrafts();
    this.told.state(state);
    if (state === "online") this.outbox.flush();
  }

  /** @param {Frame} frame */
  #receive(frame) {
    if (frame.type === "session") return this.told.ready(Number(frame["last_seq"]) || 0);
    if (frame.type === "error") return this.#refused(frame);
    if (frame.type === "ack" || frame.type === "user_message") this.outbox.settle(frame["client_message_id"]);
    this.conversation.apply(frame);
    this.connection.seen(this.conversation.lastSeq);
  }

  /** @param {Frame} frame */
  #refused(frame) {
    const code = String(frame["code"]);
    const words = String(frame["message"] || WORDS[code] || FALLBACK);
    const clientId = frame["client_message_id"];
    if (sessionLost(code)) return this.connection.renew(true);
    if (clientId && this.outbox.refused(clientId, code, words, frame["retry_after_ms"])) {
      const item = this.conversation.user(clientId);
      if (item?.state === "failed" && FINAL.has(code)) {
        item.wrong = item.event?.type === "user_message";
        this.#spent(item);
      }
      return;
    }
    const item = this.conversation.user(frame["message_id"], clientId);
    if (item && item.state !== "answered") this.conversation.fail(item, words);
    else if (!item) this.#tell(words);
  }

  /** Something the customer should know. @param {string} reason */
  #tell(reason) {
    const key = `told-${freshId()}`;
    this.conversation.put({ kind: "notice", key, notice: "told", reason, seq: this.conversation.lastSeq + 0.5, at: new Date() });
  }

  /** The session is another one: what was not sent is kept. @param {boolean} ended */
  #renewed(ended) {
    const unsent = this.outbox.empty();
    this.conversation.clear();
    if (!ended) return;
    for (const item of unsent) {
      // Taps belong to replies of the old session.
      if (item.event?.type !== "user_message") continue;
      this.conversation.fail(item, "Not sent yet: the earlier chat had ended.");
    }
    this.#tell("Your earlier chat had ended, so we have opened a new one. Nothing you typed is lost.");
  }
}
