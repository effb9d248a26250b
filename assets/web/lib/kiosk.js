// On a screen for everybody: when nobody is there any more, the next person must not find the last one's chat.

import { ask } from "../components/why-dialog.js";

const IDLE_MS = 90000;
const LAST_CALL_MS = 20000;

/**
 * @param {() => boolean} inUse Whether there is anything to clear.
 * @param {() => void} clear
 */
export function clearWhenLeft(inUse, clear) {
  let timer = 0;
  let asking = false;
  const rest = () => {
    clearTimeout(timer);
    timer = setTimeout(left, IDLE_MS);
  };
  const left = async () => {
    if (asking || !inUse()) return rest();
    asking = true;
    for (const dialog of document.querySelectorAll("dialog")) dialog.close();
    const gone = await ask("Are you still there?", "This chat will be cleared in a moment, so that nobody else can read it.", "Clear it now", "I am still here", LAST_CALL_MS);
    asking = false;
    if (gone) clear();
    rest();
  };
  for (const sign of ["pointerdown", "keydown", "wheel", "touchmove"]) addEventListener(sign, rest, { passive: true });
  rest();
}
