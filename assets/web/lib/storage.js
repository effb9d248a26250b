// What the page remembers on this device. Storage may be switched off: then it remembers until it is closed.

/** @type {Map<string, string>} */
const memory = new Map();

/** @param {string} name */
export function read(name) {
  try {
    return localStorage.getItem(`electromart.${name}`) ?? memory.get(name) ?? null;
  } catch {
    return memory.get(name) ?? null;
  }
}

/** @param {string} name @param {string|null} value */
export function write(name, value) {
  if (value === null) memory.delete(name);
  else memory.set(name, value);
  try {
    if (value === null) localStorage.removeItem(`electromart.${name}`);
    else localStorage.setItem(`electromart.${name}`, value);
  } catch {
    // Private windows and full storage: the copy in memory has to do.
  }
}

/** @param {string} name @returns {unknown} */
export function readJson(name) {
  try {
    return JSON.parse(read(name) ?? "null");
  } catch {
    return null;
  }
}

/** @returns {import("./types.js").Credentials|null} */
export function credentials() {
  const kept = /** @type {any} */ (readJson("session"));
  if (typeof kept?.session_id !== "string" || typeof kept?.token !== "string") return null;
  return { session_id: kept.session_id, token: kept.token, last_seq: Number(kept.last_seq) || 0 };
}

/** @param {import("./types.js").Credentials|null} kept */
export function keepCredentials(kept) {
  write("session", kept && JSON.stringify(kept));
}
