// Building elements. Text is only ever set as text: nothing here reads HTML.

/** @typedef {Node|string|null|undefined|false} Child */

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, unknown>} [props] `class`, `text`, `on` (listeners), or attributes; `false` and `null` are left out.
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === false || value === null || value === undefined) continue;
    if (name === "class") node.className = String(value);
    else if (name === "text") node.textContent = String(value);
    else if (name === "on") listen(node, /** @type {Record<string, EventListener>} */ (value));
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.filter(isChild));
  return node;
}

/** @param {Child} child @returns {child is Node|string} */
function isChild(child) {
  return child !== null && child !== undefined && child !== false && child !== "";
}

/** @param {HTMLElement} node @param {Record<string, EventListener>} listeners */
function listen(node, listeners) {
  for (const [event, listener] of Object.entries(listeners)) node.addEventListener(event, listener);
}

/** A custom element one failure of which never takes the page down. */
export class GuardedElement extends HTMLElement {
  connectedCallback() {
    this.guard(() => this.connected());
  }

  /** What the element does when it enters the page. */
  connected() {}

  /** @param {() => void} work */
  guard(work) {
    try {
      work();
    } catch (problem) {
      console.error(`${this.localName} could not be shown`, problem);
      this.replaceChildren(el("p", { class: "broken", text: "This part could not be shown." }));
    }
  }
}

/**
 * A named element of the page, of its class.
 * @template {Element} T
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new (...args: any[]) => T} type
 * @returns {T}
 */
export function find(root, selector, type) {
  const found = root.querySelector(selector);
  if (!(found instanceof type)) throw new Error(`no ${selector}`);
  return found;
}

/** @template D @param {string} name @param {D} detail */
export function signal(name, detail) {
  return new CustomEvent(name, { detail, bubbles: true });
}
