// The way over plain HTTP, where WebSockets are blocked: events are read as a stream (an EventSource
// cannot carry the token), and what the customer says is posted.

import { LinkError, parse } from "./link.js";

/** The shop sends a sign of life every 15 s. */
const SILENCE_MS = 45000;
const PATIENCE_MS = 10000;

/** @param {unknown} problem */
const asLinkError = (problem) => (problem instanceof LinkError ? problem : new LinkError("closed", String(problem)));

/** @param {Response} answer */
async function refusal(answer) {
  const error = (await answer.json().catch(() => null))?.error ?? {};
  return new LinkError(error.code ?? `http_${answer.status}`, error.message ?? "", error.retry_after_ms);
}

/**
 * Reads server-sent events until the stream ends.
 * @param {ReadableStream<Uint8Array>} body
 * @param {(frame: import("./types.js").Frame) => void} receive
 * @param {() => void} [alive] Called for whatever arrives.
 */
export async function readEvents(body, receive, alive = () => {}) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    alive();
    const blocks = (rest + decoder.decode(value, { stream: true })).replace(/\r\n?/g, "\n").split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const frame = readEvent(block);
      if (frame) receive(frame);
    }
  }
}

/** @param {string} block */
function readEvent(block) {
  let type = "message";
  /** @type {string[]} */
  const data = [];
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    if (colon < 1) continue;
    const value = line.slice(colon + 1).replace(/^ /, "");
    if (line.startsWith("event:")) type = value;
    else if (line.startsWith("data:")) data.push(value);
  }
  const body = data.length ? parse(data.join("\n")) : null;
  return body && { ...body, type };
}

/**
 * @param {import("./link.js").Opening} opening
 * @returns {Promise<import("./link.js").Link>}
 */
export async function openStream({ session, lastSeq, receive, lost }) {
  const stop = new AbortController();
  const hurry = setTimeout(() => stop.abort(), PATIENCE_MS);
  const own = session ?? (await newSession(stop.signal));
  const path = `/api/sessions/${encodeURIComponent(own.session_id)}/events`;
  const bearer = { authorization: `Bearer ${own.token}` };
  const answer = await fetch(`${path}?after=${lastSeq}`, { headers: { ...bearer, accept: "text/event-stream" }, cache: "no-store", signal: stop.signal });
  clearTimeout(hurry);
  if (!answer.ok || !answer.body) throw await refusal(answer);

  /** @param {unknown} problem */
  const end = (problem) => {
    if (stop.signal.aborted) return;
    stop.abort();
    clearTimeout(watchdog);
    lost(asLinkError(problem));
  };
  let watchdog = 0;
  const alive = () => {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => end("silence"), SILENCE_MS);
  };
  alive();
  receive({ type: "session", session_id: own.session_id, token: own.token, last_seq: own.last_seq });
  readEvents(answer.body, receive, alive).then(() => end("the stream ended"), end);

  /** @param {string} to @param {object} body @param {string} accept */
  const post = (to, body, accept) =>
    fetch(to, { method: "POST", headers: { ...bearer, "content-type": "application/json", accept }, body: JSON.stringify(body), signal: stop.signal });

  /** @param {import("./types.js").Frame} frame */
  const say = async (frame) => {
    const { type, ...body } = frame;
    const plain = type !== "user_message";
    const reply = plain
      ? await post(path, frame, "application/json")
      : await post("/api/chat", { session_id: own.session_id, token: own.token, ...body }, "text/event-stream");
    if (!reply.ok) throw await refusal(reply);
    if (reply.headers.get("content-type")?.includes("text/event-stream") && reply.body) {
      // A reply that is late, or cut off here, still arrives in the session's own stream.
      await readEvents(reply.body, (event) => event.type === "error" && event["message_id"] ? undefined : receive(event));
      return;
    }
    // The acknowledgement of a tap, or of a message to the staff member who holds the chat.
    const ack = await reply.json().catch(() => null);
    if (ack?.message_id && frame["client_message_id"]) receive({ ...ack, type: "ack", client_message_id: frame["client_message_id"] });
  };

  return {
    send(frame) {
      say(frame).catch((problem) => {
        const { code, message, retryAfter } = asLinkError(problem);
        if (stop.signal.aborted) return;
        if (code === "closed") end(problem);
        else receive({ type: "error", code, message, client_message_id: frame["client_message_id"], retry_after_ms: retryAfter });
      });
    },
    close() {
      clearTimeout(watchdog);
      stop.abort();
    },
  };
}

/** @param {AbortSignal} signal @returns {Promise<import("./types.js").Credentials>} */
async function newSession(signal) {
  const answer = await fetch("/api/sessions", { method: "POST", headers: { "content-type": "application/json", accept: "application/json" }, body: "{}", signal });
  if (!answer.ok) throw await refusal(answer);
  const { session_id, token } = await answer.json();
  return { session_id, token, last_seq: 0 };
}
