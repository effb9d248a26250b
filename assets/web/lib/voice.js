// Speaking instead of typing: on the device where the browser can, through the browser's own service only
// where the shop allows it, and never when the shop is offline.

import { el } from "./dom.js";
import { icon } from "./icons.js";

/** How the browser can recognise speech. @param {any} Recognition @param {import("./types.js").Config} config */
async function means(Recognition, config) {
  if (config.offline || !Recognition || !isSecureContext) return null;
  try {
    const here = await Recognition.available?.({ langs: [config.language], processLocally: true });
    if (here === "available") return "device";
  } catch {
    // An older browser: it cannot say, so it is not taken to recognise on the device.
  }
  return config.cloudVoice ? "cloud" : null;
}

/**
 * The button, with its note; null where there is no way.
 * @param {import("./types.js").Config} config
 * @param {(text: string) => void} heard
 */
export async function voiceButton(config, heard) {
  const Recognition = /** @type {any} */ (window)["SpeechRecognition"] ?? /** @type {any} */ (window)["webkitSpeechRecognition"];
  const way = await means(Recognition, config);
  if (!way) return null;
  const label = way === "device" ? "Speak" : "Speak (the sound is sent to your browser's speech service)";
  const note = el("span", { class: "voice-note", role: "status" });
  const button = el("button", { type: "button", class: "mic", "aria-label": label, title: label, "aria-pressed": "false" }, icon("mic"));
  /** @type {any} */
  let listening = null;
  const idle = (/** @type {string} */ words) => {
    listening = null;
    button.setAttribute("aria-pressed", "false");
    note.textContent = words;
  };
  button.addEventListener("click", () => {
    if (listening) return listening.stop();
    listening = new Recognition();
    listening.lang = config.language;
    listening.interimResults = false;
    if (way === "device") listening.processLocally = true;
    listening.onresult = (/** @type {any} */ event) => heard(String(event.results?.[0]?.[0]?.transcript ?? "").trim());
    listening.onerror = () => idle("I could not hear that.");
    listening.onend = () => idle(note.textContent === "I could not hear that." ? note.textContent : "");
    button.setAttribute("aria-pressed", "true");
    note.textContent = way === "device" ? "Listening, on this device only" : "Listening: the sound leaves this device";
    listening.start();
  });
  return [note, button];
}
