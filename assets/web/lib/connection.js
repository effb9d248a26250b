// Stays connected: a WebSocket first, plain HTTP where that is blocked, and again and again with growing
// pauses where neither works. `navigator.onLine` is only a hint to hurry: a shop's own network may have no
// internet at all.

import { LinkError, sessionLost } from "./link.js";
import { openSocket } from "./socket.js";
import { credentials, keepCredentials } from "./storage.js";
import { openStream } from "./stream.js";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 20000;

export class Connection {
  /** @type {import("./types.js").Credentials|null} */
  #session = credentials();
  /** @type {import("./link.js").Link|null} */
  #link = null;
  /** @type {"socket"|"stream"|null} */
  way = null;
  /** @type {import("./types.js").LinkState} */
  state = "connecting";
  #failures = 0;
  #pause = 0;
  #round = 0;
  #opening = false;

  /**
   * @param {object} told
   * @param {(frame: import("./types.js").Frame) => void} told.frame
   * @param {(state: import("./types.js").LinkState) => void} told.state
   * @param {(ended: boolean) => void} told.renewed The old session was lost; a new one comes.
   * @param {() => number} told.lastSeq
   */
  constructor(told) {
    this.told = told;
  }

  start() {
    const hurry = () => {
      if (!this.#link && !this.#opening) this.#connect();
    };
    // The network is another one: what was open over the old one may be dead without knowing.
    addEventListener("online", () => this.recycle());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && hurry());
    this.#connect();
  }

  get sessionId() {
    return this.#session?.session_id ?? null;
  }

  /** What proves the session in a plain request. @returns {Record<string, string>} */
  get bearer() {
    return this.#session ? { authorization: `Bearer ${this.#session.token}` } : {};
  }

  /** @param {import("./types.js").Frame} frame @returns {boolean} whether there was a way to send it */
  send(frame) {
    this.#link?.send(frame);
    return this.#link !== null;
  }

  /** Notes how far the conversation is known. @param {number} seq */
  seen(seq) {
    if (!this.#session || this.#session.last_seq === seq) return;
    this.#session.last_seq = seq;
    // Another tab may have begun a new session since.
    if (credentials()?.session_id === this.#session.session_id) keepCredentials(this.#session);
  }

  /** Gives up the connection, not the session: nothing has come back for too long. */
  recycle() {
    this.#drop();
    this.#connect();
  }

  /** Opens another session. @param {boolean} ended whether the old one ended by itself */
  renew(ended) {
    this.#drop();
    this.#session = null;
    keepCredentials(null);
    this.told.renewed(ended);
    this.#connect();
  }

  #drop() {
    this.#round += 1;
    this.#opening = false;
    this.#link?.close();
    this.#link = null;
    this.way = null;
  }

  async #connect() {
    clearTimeout(this.#pause);
    const round = (this.#round += 1);
    this.#opening = true;
    this.#show(this.state === "connecting" ? "connecting" : "reconnecting");
    /** @type {LinkError|null} */
    let problem = null;
    for (const [way, open] of /** @type {const} */ ([["socket", openSocket], ["stream", openStream]])) {
      try {
        const link = await open(this.#told(round));
        if (round !== this.#round) return link.close();
        this.#link = link;
        this.way = way;
        this.#opening = false;
        this.#failures = 0;
        this.#show("online");
        return;
      } catch (caught) {
        if (round !== this.#round) return;
        problem = caught instanceof LinkError ? caught : new LinkError("closed", String(caught));
        if (this.#session && sessionLost(problem.code)) return this.renew(true);
        if (problem.retryAfter) break;
      }
    }
    this.#opening = false;
    this.#later(problem?.retryAfter);
  }

  /** @param {number} round @returns {import("./link.js").Opening} */
  #told(round) {
    return {
      session: this.#session,
      lastSeq: this.told.lastSeq(),
      receive: (frame) => {
        if (round !== this.#round) return;
        if (frame.type === "session") this.#keep(frame);
        this.told.frame(frame);
      },
      lost: () => {
        if (round !== this.#round) return;
        this.#drop();
        this.#later();
      },
    };
  }

  /** @param {import("./types.js").Frame} frame */
  #keep(frame) {
    const { session_id, token } = frame;
    const same = this.#session?.session_id === session_id;
    const proof = token ?? (same ? this.#session?.token : undefined);
    if (!proof) return;
    this.#session = { session_id, token: proof, last_seq: same ? (this.#session?.last_seq ?? 0) : 0 };
    keepCredentials(this.#session);
  }

  /** @param {number} [atLeast] */
  #later(atLeast = 0) {
    this.#show("reconnecting");
    const most = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures);
    this.#failures += 1;
    const pause = Math.max(Math.min(atLeast, 60000), most * (0.5 + Math.random() / 2));
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => this.#connect(), pause);
  }

  /** @param {import("./types.js").LinkState} state */
  #show(state) {
    if (this.state === state) return;
    this.state = state;
    this.told.state(state);
  }
}
