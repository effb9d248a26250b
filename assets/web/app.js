// Puts the page together.

import "./components/connection-state.js";
import { EmComposer } from "./components/composer.js";
import { EmConnectionState } from "./components/connection-state.js";
import { EmMessageList } from "./components/message-list.js";
import { EmWelcome } from "./components/welcome.js";
import { Chat } from "./lib/chat.js";
import { load } from "./lib/config.js";
import { el, find } from "./lib/dom.js";
import { icon } from "./lib/icons.js";
import { useLocale } from "./lib/text.js";
import { themeButton } from "./lib/theme.js";

const list = find(document, "em-message-list", EmMessageList);
const composer = find(document, "em-composer", EmComposer);
const link = find(document, "em-connection-state", EmConnectionState);
const fresh = find(document, "#new-chat", HTMLButtonElement);
const welcome = new EmWelcome();

let title = document.title;
let unread = 0;
let settled = 0;

/** Nothing said yet: the page begins with a welcome. */
function beginning() {
  const empty = list.size === 0;
  if (empty && !welcome.isConnected) list.top?.append(welcome);
  if (!empty) welcome.remove();
  fresh.hidden = empty;
}

const chat = new Chat({
  put(item) {
    list.put(item);
    beginning();
    if (item.kind === "agent" && document.hidden) {
      unread += 1;
      document.title = `(${unread}) ${title}`;
    }
  },
  gone(key) {
    list.gone(key);
    beginning();
  },
  busy: (busy) => list.busy(busy),
  state: (state) => (link.state = state),
  ready(lastSeq) {
    if (lastSeq === 0) beginning();
    clearTimeout(settled);
    list.loading(true);
    settled = setTimeout(() => list.loading(false), 400);
  },
});

/** @param {string} name @param {(detail: any) => void} work */
function on(name, work) {
  document.addEventListener(name, (event) => work(/** @type {CustomEvent} */ (event).detail));
}

/** After a tap by keyboard the button is gone: the cursor goes on to where one writes. @param {{byKey?: boolean}} detail */
const onwards = ({ byKey }) => byKey && composer.focusField();

on("em-send", ({ text }) => chat.sendText(text));
on("em-suggest", ({ text }) => {
  chat.sendText(text);
  if (matchMedia("(pointer: fine)").matches) composer.focusField();
});
on("em-typing", () => chat.typing());
on("em-choose", (detail) => {
  chat.choose(detail.item, detail.option);
  onwards(detail);
});
on("em-confirm", (detail) => {
  chat.confirm(detail.item, detail.yes);
  onwards(detail);
});
on("em-again", ({ item }) => chat.again(item));
on("em-change", ({ item }) => {
  composer.insert(item.text);
  composer.focusField();
});
on("em-rate", (detail) => {
  detail.sent = chat.rate(detail.message.message_id, detail.rating);
});
on("em-why", async ({ message, evidence }) => {
  const { showWhy } = await import("./components/why-dialog.js");
  showWhy(message, evidence, chat.connection.bearer);
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  unread = 0;
  document.title = title;
});

fresh.setAttribute("aria-label", "Start a new chat");
fresh.title = "Start a new chat";
fresh.append(icon("fresh"), el("span", { class: "tool-label", text: "New chat" }));
fresh.addEventListener("click", async () => {
  const { ask } = await import("./components/why-dialog.js");
  if (await ask("Start a new chat?", "This conversation will no longer be shown on this device.", "Start a new chat", "Keep this one")) {
    chat.startOver();
    composer.focusField();
  }
});

if (location.pathname.replace(/\/$/, "") === "/kiosk") {
  import("./lib/kiosk.js").then(({ clearWhenLeft }) =>
    clearWhenLeft(
      () => list.size > 0 || composer.field?.value !== "",
      () => {
        composer.clear();
        chat.startOver();
      },
    ),
  );
}

document.querySelector(".brand-mark")?.append(icon("bag"));
themeButton(find(document, "#theme", HTMLButtonElement));
if (!chat.connection.sessionId) beginning();
chat.start();

load().then((config) => {
  useLocale(config.locale);
  composer.limit = config.messageChars;
  welcome.config = config;
  if (config.shopName) {
    title = config.shopName;
    document.title = title;
    for (const name of document.querySelectorAll("[data-shop-name]")) name.textContent = config.shopName;
  }
  if ("SpeechRecognition" in window || "webkitSpeechRecognition" in window) composer.voice(config);
});
