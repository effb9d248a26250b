// The way over a WebSocket: one JSON object a text frame.

import { LinkError, parse } from "./link.js";

/** How long opening may take before the other way is tried. */
const PATIENCE_MS = 6000;

/**
 * Resolves when the shop has named the session.
 * @param {import("./link.js").Opening} opening
 * @returns {Promise<import("./link.js").Link>}
 */
export function openSocket({ session, lastSeq, receive, lost }) {
  return new Promise((resolve, reject) => {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}/ws${session ? "?resume" : ""}`);
    let ready = false;
    let over = false;

    /** @param {LinkError} problem */
    const end = (problem) => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      socket.close();
      if (ready) lost(problem);
      else reject(problem);
    };
    const timer = setTimeout(() => end(new LinkError("timeout", "no session in time")), PATIENCE_MS);
    const link = {
      /** @param {import("./types.js").Frame} frame */
      send(frame) {
        if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
        else end(new LinkError("closed", "the connection has gone"));
      },
      close() {
        over = true;
        clearTimeout(timer);
        socket.close();
      },
    };

    socket.addEventListener("open", () => {
      if (session) link.send({ type: "resume", session_id: session.session_id, token: session.token, last_seq: lastSeq });
    });
    socket.addEventListener("message", ({ data }) => {
      const frame = over ? null : parse(data);
      if (!frame) return;
      if (!ready && frame.type === "error") {
        end(new LinkError(String(frame["code"]), String(frame["message"]), frame["retry_after_ms"]));
        return;
      }
      receive(frame);
      if (!ready && frame.type === "session") {
        ready = true;
        clearTimeout(timer);
        resolve(link);
      }
    });
    socket.addEventListener("error", () => end(new LinkError("closed", "the connection failed")));
    socket.addEventListener("close", () => end(new LinkError("closed", "the connection has gone")));
  });
}
