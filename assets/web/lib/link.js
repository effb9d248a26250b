// What the two ways to the shop have in common.

/** Why a way could not be opened or was lost. */
export class LinkError extends Error {
  /** @param {string} code @param {string} message @param {number} [retryAfter] milliseconds */
  constructor(code, message, retryAfter) {
    super(message);
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/** The session cannot be gone on with; another one has to be opened. @param {unknown} code */
export function sessionLost(code) {
  return code === "session_expired" || code === "invalid_session" || code === "unauthorized";
}

/**
 * @typedef {object} Link
 * @property {(frame: import("./types.js").Frame) => void} send
 * @property {() => void} close
 */

/**
 * @typedef {object} Opening
 * @property {import("./types.js").Credentials|null} session The session to go on with.
 * @property {number} lastSeq What of it is known already.
 * @property {(frame: import("./types.js").Frame) => void} receive
 * @property {(problem: LinkError) => void} lost Called once, when an opened link ends.
 */

/** A frame, or null for what is none. @param {unknown} data @returns {import("./types.js").Frame|null} */
export function parse(data) {
  try {
    const frame = JSON.parse(String(data));
    return frame && typeof frame === "object" && !Array.isArray(frame) ? frame : null;
  } catch {
    return null;
  }
}
