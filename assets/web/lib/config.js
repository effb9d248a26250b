// What the shop tells the page about itself. Every field may be missing.

/** @returns {import("./types.js").Config} */
export function defaults() {
  return { shopName: "", hours: "", locale: "en", messageChars: 1000, offline: false, cloudVoice: false, language: "en" };
}

/** @param {unknown} value @param {string} fallback */
const text = (value, fallback) => (typeof value === "string" && value.trim() ? value : fallback);

/** @param {any} raw @returns {import("./types.js").Config} */
export function fill(raw) {
  const base = defaults();
  const most = Number(raw?.limits?.message_chars);
  return {
    shopName: text(raw?.shop?.name, base.shopName),
    hours: text(raw?.shop?.hours, base.hours),
    locale: text(raw?.shop?.locale, base.locale),
    messageChars: Number.isInteger(most) && most > 0 ? most : base.messageChars,
    offline: raw?.offline === true,
    cloudVoice: raw?.cloud_voice === true,
    language: text(Array.isArray(raw?.languages) ? raw.languages[0] : undefined, base.language),
  };
}

/** Asks the shop; goes on with defaults when it does not answer. */
export async function load() {
  try {
    const answer = await fetch("/api/config", { headers: { accept: "application/json" } });
    return answer.ok ? fill(await answer.json()) : defaults();
  } catch {
    return defaults();
  }
}
