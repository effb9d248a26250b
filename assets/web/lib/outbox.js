// What has not been acknowledged yet. Each thing said has a name of its own, and the shop takes a name
// once: so whatever is in doubt is simply sent again. Kept over a reload.

import { readJson, write } from "./storage.js";
import { moment } from "./text.js";

/** @typedef {import("./types.js").UserItem} UserItem */

/** How long an acknowledgement may take before the connection is taken for dead. */
const PATIENCE_MS = 12000;
const TRIES = 4;
/** Refusals that pass. */
const PASSING = new Set(["busy", "rate_limited"]);

export class Outbox {
  /** @type {Map<string, {item: UserItem, tries: number, timer: number}>} */
  #waiting = new Map();

  /**
   * @param {object} told
   * @param {(frame: import("./types.js").Frame) => boolean} told.send
   * @param {() => void} told.silent Nothing came back.
   * @param {(item: UserItem, problem: string) => void} told.failed
   */
  constructor(told) {
    this.told = told;
  }

  /** @param {UserItem} item */
  add(item) {
    if (!item.clientId) return;
    clearTimeout(this.#waiting.get(item.clientId)?.timer);
    this.#waiting.set(item.clientId, { item, tries: 0, timer: 0 });
    this.#keep();
    this.#send(item.clientId);
  }

  /** Sends everything in doubt, in order: a connection is there again. */
  flush() {
    for (const id of [...this.#waiting.keys()]) this.#send(id);
  }

  /** @param {unknown} clientId @returns {UserItem|undefined} what was waiting under that name */
  settle(clientId) {
    const entry = this.#waiting.get(String(clientId));
    if (!entry) return undefined;
    clearTimeout(entry.timer);
    this.#waiting.delete(String(clientId));
    this.#keep();
    return entry.item;
  }

  /** Everything in doubt, which is then no longer waited for. */
  empty() {
    return [...this.#waiting.keys()].flatMap((id) => this.settle(id) ?? []);
  }

  /**
   * The shop refused. @param {unknown} clientId @param {string} code @param {string} words @param {number} [retryAfter]
   */
  refused(clientId, code, words, retryAfter) {
    const entry = this.#waiting.get(String(clientId));
    if (!entry) return false;
    clearTimeout(entry.timer);
    if (PASSING.has(code) && entry.tries < TRIES && (retryAfter ?? 0) <= 30000) {
      entry.timer = setTimeout(() => this.#send(String(clientId)), Math.max(retryAfter ?? 0, 1000 * entry.tries));
      return true;
    }
    this.settle(clientId);
    this.told.failed(entry.item, words);
    return true;
  }

  /** @param {string} id */
  #send(id) {
    const entry = this.#waiting.get(id);
    if (!entry?.item.event) return;
    clearTimeout(entry.timer);
    if (!this.told.send(entry.item.event)) return;
    entry.tries += 1;
    entry.timer = setTimeout(() => this.#unanswered(id), PATIENCE_MS);
  }

  /** @param {string} id */
  #unanswered(id) {
    const entry = this.#waiting.get(id);
    if (!entry) return;
    if (entry.tries >= TRIES) {
      this.settle(id);
      this.told.failed(entry.item, "The shop did not confirm this message.");
    } else this.told.silent();
  }

  #keep() {
    const list = [...this.#waiting.values()].map(({ item }) => ({ event: item.event, text: item.text, at: item.at.toISOString() }));
    write("outbox", list.length ? JSON.stringify(list) : null);
  }

  /** What an earlier visit left unsent. @returns {UserItem[]} */
  static left() {
    const kept = readJson("outbox");
    if (!Array.isArray(kept)) return [];
    return kept.flatMap((one) => {
      const id = one?.event?.client_message_id;
      if (typeof id !== "string" || typeof one.text !== "string") return [];
      return [/** @type {UserItem} */ ({ kind: "user", key: `own-${id}`, clientId: id, text: one.text, state: "sending", at: moment(one.at), event: one.event })];
    });
  }
}
