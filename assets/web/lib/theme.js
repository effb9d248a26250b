// Light or dark: as the device says, until the reader says otherwise.

import { icon } from "./icons.js";
import { read, write } from "./storage.js";

const device = matchMedia("(prefers-color-scheme: dark)");

/** @param {HTMLButtonElement} button */
export function themeButton(button) {
  const show = () => {
    const chosen = read("theme");
    const dark = chosen === "dark" || (chosen !== "light" && device.matches);
    document.documentElement.dataset["theme"] = dark ? "dark" : "light";
    const label = dark ? "Use light colours" : "Use dark colours";
    button.replaceChildren(icon(dark ? "sun" : "moon"));
    button.setAttribute("aria-label", label);
    button.title = label;
  };
  button.addEventListener("click", () => {
    write("theme", document.documentElement.dataset["theme"] === "dark" ? "light" : "dark");
    show();
  });
  device.addEventListener("change", show);
  show();
}
