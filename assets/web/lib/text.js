// Text as the server counts and accepts it.

/** The accepted form: line feeds only, NFC, trimmed. @param {string} raw */
export function normalise(raw) {
  return raw.replace(/\r\n?/g, "\n").normalize("NFC").trim();
}

/** Unicode scalar values, as the server counts them. @param {string} text */
export function length(text) {
  return [...text].length;
}

/** A name for a message. Plain http on a local network has no `randomUUID`, so it falls back. */
export function freshId() {
  if (typeof crypto !== "undefined" && typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const bytes = new Uint8Array(16);
  if (typeof crypto !== "undefined") crypto.getRandomValues(bytes);
  else for (let i = 0; i < 16; i += 1) bytes[i] = Math.floor(Math.random() * 256);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A date of the wire; now, where it cannot be read. @param {unknown} value */
export function moment(value) {
  const date = new Date(typeof value === "string" ? value : Number.NaN);
  return Number.isNaN(date.getTime()) ? new Date() : date;
}

let locale = /** @type {string|undefined} */ (undefined);

/** @param {string} name */
export function useLocale(name) {
  try {
    locale = Intl.getCanonicalLocales(name.replace("_", "-"))[0];
  } catch {
    locale = undefined;
  }
  formats = null;
}

/** Made once: making one takes longer than all else about a message. @type {{time: Intl.DateTimeFormat, day: Intl.DateTimeFormat}|null} */
let formats = null;

/** The time of day; with the day, when it is another one. @param {Date} at */
export function clock(at) {
  const time = /** @type {const} */ ({ hour: "numeric", minute: "2-digit" });
  formats ??= { time: new Intl.DateTimeFormat(locale, time), day: new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", ...time }) };
  return (new Date().toDateString() === at.toDateString() ? formats.time : formats.day).format(at);
}

/** `specs.Memory` as `Memory`, `minimum_total` as `Minimum total`. @param {string} field */
export function fieldName(field) {
  const last = field.replace(/^specs?\./, "").replace(/[_.]+/g, " ").trim();
  if (last.toLowerCase() === "sku") return "SKU";
  return last ? last.charAt(0).toUpperCase() + last.slice(1) : "";
}
