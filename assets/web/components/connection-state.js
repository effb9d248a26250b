// Whether the shop can be reached.

import { el, GuardedElement } from "../lib/dom.js";

const WORDS = { connecting: "Connecting…", online: "Connected", reconnecting: "Reconnecting… what you write is kept" };

export class EmConnectionState extends GuardedElement {
  connected() {
    this.setAttribute("role", "status");
    this.state = "connecting";
  }

  /** @param {import("../lib/types.js").LinkState} state */
  set state(state) {
    this.guard(() => {
      this.className = `link link-${state}`;
      this.replaceChildren(el("span", { class: "link-dot", "aria-hidden": "true" }), el("span", { text: WORDS[state] }));
    });
  }
}

customElements.define("em-connection-state", EmConnectionState);
