// The conversation as the page knows it: a list of items in order, built from the shop's events. No
// network and no elements here.

import { moment } from "./text.js";

/** @typedef {import("./types.js").Item} Item */
/** @typedef {import("./types.js").Frame} Frame */
/** @typedef {import("./types.js").UserItem} UserItem */

export class Conversation {
  /** @type {Map<string, Item>} */
  items = new Map();
  /** Everything up to here is known. */
  lastSeq = 0;
  /** @type {Set<number>} */
  #ahead = new Set();
  /** @type {import("./types.js").AgentItem|null} */
  #latest = null;

  /**
   * @param {object} told
   * @param {(item: Item) => void} told.put
   * @param {(key: string) => void} told.gone
   * @param {(busy: import("./types.js").Busy|null) => void} told.busy
   */
  constructor(told) {
    this.told = told;
  }

  clear() {
    for (const key of [...this.items.keys()]) this.#remove(key);
    this.lastSeq = 0;
    this.#ahead.clear();
    this.#latest = null;
    this.#said.clear();
    this.told.busy(null);
  }

  /** What the customer said, by the shop's and by the page's name for it. @type {Map<string, UserItem>} */
  #said = new Map();

  /** @param {Item} item */
  put(item) {
    this.items.set(item.key, item);
    if (item.kind === "user") for (const id of [item.messageId, item.clientId]) if (id) this.#said.set(id, item);
    this.told.put(item);
  }

  /** What the customer said, under any of these names. @param {...unknown} ids @returns {UserItem|undefined} */
  user(...ids) {
    for (const id of ids) {
      const item = typeof id === "string" ? this.#said.get(id) : undefined;
      if (item) return item;
    }
    return undefined;
  }

  /** The last thing said before this place that has no answer. @param {number} seq */
  #unanswered(seq) {
    return [...this.items.values()].reverse().find((item) => item.kind === "user" && item.state !== "answered" && item.seq !== undefined && item.seq < seq);
  }

  /** @param {Frame} frame */
  apply(frame) {
    switch (frame.type) {
      case "user_message": return this.#heard(frame);
      case "ack": return this.#acknowledged(frame);
      case "agent_message": return this.#replied(frame);
      case "agent_handoff": return this.#noticed(frame, "handoff");
      case "notice": return this.#noticed(frame, String(frame["kind"]));
      case "typing": return this.#working(String(frame["agent"]), String(frame["stage"]));
      case "agent_delta": return this.#drafted(frame);
      case "agent_cancel": return this.#cancelled(frame);
    }
  }

  /** @param {Frame} frame */
  #heard(frame) {
    const known = this.user(frame["message_id"], frame["client_message_id"]);
    const item = known ?? /** @type {UserItem} */ ({ kind: "user", key: frame["message_id"], state: "sent", text: "", at: new Date() });
    item.text = String(frame["text"] ?? "");
    item.at = moment(frame["created_at"]);
    this.#stored(item, frame);
    if (frame["client_message_id"]) item.clientId = frame["client_message_id"];
    if (item.state === "sending" || item.state === "failed") item.state = "sent";
    this.put(item);
  }

  /** @param {Frame} frame */
  #acknowledged(frame) {
    const item = this.user(frame["client_message_id"]);
    if (!item) return;
    this.#stored(item, frame);
    if (item.state !== "answered") item.state = "sent";
    item.ahead = frame["duplicate"] ? 0 : Number(frame["position"]) || 0;
    delete item.problem;
    this.put(item);
  }

  /** @param {UserItem} item @param {Frame} frame */
  #stored(item, frame) {
    item.messageId = frame["message_id"];
    item.seq = frame["seq"];
    this.#seen(item.seq);
  }

  /** @param {Frame} frame */
  #replied(frame) {
    const message = /** @type {import("./types.js").AgentMessage & Frame} */ (frame);
    this.#seen(message.seq);
    const known = this.items.get(message.message_id);
    this.#answered(message);
    this.told.busy(null);
    // The same reply may come twice: over two streams, or again for a message sent again.
    if (known?.kind === "agent") return;
    const latest = !this.#latest || message.seq >= this.#latest.seq;
    /** @type {import("./types.js").AgentItem} */
    const item = { kind: "agent", key: message.message_id, seq: message.seq, message, latest, settled: false, at: moment(message.created_at) };
    if (latest) {
      const before = this.#latest;
      this.#latest = item;
      if (before && before.key !== item.key) {
        before.latest = false;
        this.put(before);
      }
    }
    this.put(item);
  }

  /** @param {import("./types.js").AgentMessage} message */
  #answered(message) {
    const asked = this.user(message.in_reply_to);
    // Staff answer to everything said so far.
    const all = message.in_reply_to || message.agent !== "human" ? [asked] : [...this.items.values()];
    for (const item of all) {
      if (item?.kind !== "user" || item.state === "answered" || item.seq === undefined) continue;
      item.state = "answered";
      delete item.problem;
      this.put(item);
    }
  }

  /** @param {Frame} frame @param {string} notice */
  #noticed(frame, notice) {
    const seq = frame["seq"];
    if (typeof seq === "number") this.#seen(seq);
    const reason = String(frame["reason"] ?? "");
    if (notice === "failed") {
      const about = this.#unanswered(seq);
      if (about?.kind === "user") return this.fail(about, reason);
    }
    /** @type {import("./types.js").NoticeItem} */
    const item = { kind: "notice", key: String(frame["message_id"] ?? `notice-${this.items.size}`), notice, reason, at: moment(frame["created_at"]) };
    if (typeof seq === "number") item.seq = seq;
    if (frame["from"]) item.from = String(frame["from"]);
    if (frame["to"]) item.to = String(frame["to"]);
    this.put(item);
  }

  /** @param {Frame} frame */
  #drafted(frame) {
    const key = String(frame["message_id"]);
    const known = this.items.get(key);
    if (known && known.kind !== "draft") return;
    /** @type {import("./types.js").DraftItem} */
    const draft = known ?? { kind: "draft", key, agent: String(frame["agent"] ?? this.#busyAgent), parts: [], at: new Date() };
    draft.parts[Number(frame["index"]) || 0] = String(frame["text"] ?? "");
    this.put(draft);
  }

  /** Who is at work: the deltas do not say. */
  #busyAgent = "general";

  /** @param {string} agent @param {string} stage */
  #working(agent, stage) {
    this.#busyAgent = agent;
    // A late line, of a stream that lags behind the answer, would stay for ever.
    const waiting = [...this.items.values()].some((item) => item.kind === "user" && (item.state === "sending" || item.state === "sent"));
    if (waiting || agent === "human") this.told.busy({ agent, stage });
  }

  /** @param {Frame} frame */
  #cancelled(frame) {
    const key = String(frame["message_id"]);
    if (this.items.get(key)?.kind === "draft") this.#remove(key);
    this.told.busy(null);
  }

  /** @param {UserItem} item @param {string} problem */
  fail(item, problem) {
    item.state = "failed";
    item.problem = problem;
    this.put(item);
    this.told.busy(null);
  }

  /** Takes the provisional text of a lost connection away: it comes again. */
  dropDrafts() {
    for (const [key, item] of [...this.items]) if (item.kind === "draft") this.#remove(key);
    this.told.busy(null);
  }

  /** @param {string} key */
  #remove(key) {
    this.items.delete(key);
    this.told.gone(key);
  }

  /** @param {unknown} seq */
  #seen(seq) {
    if (typeof seq !== "number" || seq <= this.lastSeq) return;
    this.#ahead.add(seq);
    while (this.#ahead.delete(this.lastSeq + 1)) this.lastSeq += 1;
  }
}
