// The API reference: reads /openapi.json and shows it. Everything in it is set as text.

import { el, find } from "./lib/dom.js";
import { icon } from "./lib/icons.js";
import { themeButton } from "./lib/theme.js";

/** @typedef {Record<string, any>} Json */

const VERBS = ["get", "post", "put", "patch", "delete"];
/** Deeper than this a schema is named, not unfolded. */
const DEPTH = 4;

const content = find(document, "#content", HTMLElement);
const nav = find(document, "#nav", HTMLElement);
const status = find(document, "#status", HTMLElement);

/** @type {Json} */
let api = {};

/** What a `$ref` points to. @param {Json|undefined} value @returns {{name: string, schema: Json}} */
function resolve(value) {
  const ref = typeof value?.["$ref"] === "string" ? String(value["$ref"]) : "";
  if (!ref.startsWith("#/")) return { name: "", schema: value ?? {} };
  /** @type {any} */
  let found = api;
  for (const step of ref.slice(2).split("/")) found = found?.[step.replace(/~1/g, "/").replace(/~0/g, "~")];
  return { name: ref.split("/").pop() ?? "", schema: found ?? {} };
}

/** A type in a word or two. @param {Json|undefined} value @returns {string} */
function typeName(value) {
  const { name, schema } = resolve(value);
  if (schema["const"] !== undefined) return JSON.stringify(schema["const"]);
  if (schema["enum"]) return schema["enum"].map((/** @type {unknown} */ one) => JSON.stringify(one)).join(" | ");
  const several = schema["oneOf"] ?? schema["anyOf"];
  if (several) return several.map(typeName).join(" or ");
  if (schema["type"] === "array") return `list of ${typeName(schema["items"])}`;
  const type = Array.isArray(schema["type"]) ? schema["type"].join(" or ") : schema["type"];
  const format = schema["format"] ? ` (${schema["format"]})` : "";
  return name || `${type ?? "any"}${format}`;
}

/** The fields of an object, if it is one. @param {Json|undefined} value @param {number} depth @returns {HTMLElement|null} */
function fields(value, depth = 0) {
  let { schema } = resolve(value);
  if (schema["type"] === "array") schema = resolve(schema["items"]).schema;
  const parts = [schema, ...(schema["allOf"] ?? []).map((/** @type {Json} */ part) => resolve(part).schema)];
  const properties = parts.flatMap((part) => Object.entries(part["properties"] ?? {}).map(([name, own]) => ({ name, own, needed: (part["required"] ?? []).includes(name) })));
  if (!properties.length || depth >= DEPTH) return null;
  return el("ul", { class: "rows" }, ...properties.map(({ name, own, needed }) => line(name, own, needed, resolve(own).schema["description"] ?? own["description"], fields(own, depth + 1))));
}

/**
 * @param {string} name @param {Json|undefined} schema @param {boolean} needed @param {string|undefined} words @param {HTMLElement|null} [inner]
 */
function line(name, schema, needed, words, inner = null) {
  const head = [el("code", { text: name }), " ", el("span", { class: "type", text: typeName(schema) }), needed && el("span", { class: "need", text: " required" })];
  return el("li", {}, ...head, words ? el("p", { text: words }) : null, inner);
}

/** @param {string} heading @param {(Node|null)[]} parts */
function part(heading, parts) {
  const some = parts.filter((one) => one !== null);
  return some.length ? [el("h4", { text: heading }), ...some] : [];
}

/** The schema of a body, whatever its media type. @param {Json|undefined} body */
function media(body) {
  const [type, own] = Object.entries(resolve(body).schema["content"] ?? {})[0] ?? [];
  return { type: type ?? "", schema: /** @type {Json|undefined} */ (own?.schema) };
}

/** @param {string} path @param {string} verb @param {Json} op @param {Json[]} shared */
function operation(path, verb, op, shared) {
  const id = `${verb}-${path.replace(/[^a-z0-9]+/gi, "-")}`;
  const parameters = [...shared, ...(op["parameters"] ?? [])].map((raw) => resolve(raw).schema);
  const body = media(op["requestBody"]);
  const answers = Object.entries(op["responses"] ?? {}).map(([code, raw]) => {
    const answer = resolve(raw).schema;
    const { type, schema } = media(raw);
    return line(code, schema ?? { type: type || "no body" }, false, answer["description"], fields(schema));
  });
  const listed = parameters.map((one) => line(String(one["name"]), one["schema"], one["required"] === true, `In the ${one["in"]}. ${one["description"] ?? ""}`));
  const section = el(
    "section",
    { class: "op", id },
    el("h3", {}, el("span", { class: `verb verb-${verb}`, text: verb.toUpperCase() }), el("code", { text: path })),
    op["summary"] ? el("p", { text: op["summary"] }) : null,
    op["description"] ? el("p", { text: op["description"] }) : null,
    ...part("Parameters", [listed.length ? el("ul", { class: "rows" }, ...listed) : null]),
    ...part(`Body ${body.type}`, [body.schema ? (fields(body.schema) ?? el("p", { text: typeName(body.schema) })) : null]),
    ...part("Answers", [answers.length ? el("ul", { class: "rows" }, ...answers) : null]),
  );
  const link = el("a", { href: `#${id}` }, el("code", { text: `${verb.toUpperCase()} ${path}` }));
  return { section, link, group: String(op["tags"]?.[0] ?? "Operations") };
}

function show() {
  find(document, "#title", HTMLElement).textContent = api["info"]?.title ?? "API reference";
  find(document, "#version", HTMLElement).textContent = api["info"]?.version ? `Version ${api["info"].version}` : "";
  status.textContent = api["info"]?.description ?? "";
  const all = Object.entries(api["paths"] ?? {}).flatMap(([path, item]) =>
    VERBS.filter((verb) => item[verb]).map((verb) => operation(path, verb, item[verb], item["parameters"] ?? [])),
  );
  if (!all.length) status.textContent = "No operations are described.";
  for (const group of new Set(all.map((one) => one.group))) {
    const own = all.filter((one) => one.group === group);
    nav.append(el("h2", { text: group }), ...own.map((one) => one.link));
    content.append(el("h2", { text: group }), ...own.map((one) => one.section));
  }
  const schemas = Object.entries(api["components"]?.schemas ?? {});
  if (schemas.length) content.append(el("h2", { text: "Shapes" }), ...schemas.map(([name, schema]) => shape(name, schema)));
}

/** @param {string} name @param {Json} schema */
function shape(name, schema) {
  const words = schema["description"] ? el("p", { text: schema["description"] }) : null;
  return el("section", { class: "op", id: `shape-${name}` }, el("h3", {}, el("code", { text: name })), words, fields(schema) ?? el("p", { text: typeName(schema) }));
}

document.querySelector(".brand-mark")?.append(icon("bag"));
themeButton(find(document, "#theme", HTMLButtonElement));
try {
  const answer = await fetch("/openapi.json", { headers: { accept: "application/json" } });
  if (!answer.ok) throw new Error(`answered ${answer.status}`);
  api = await answer.json();
  show();
} catch (problem) {
  console.error(problem);
  status.textContent = "The description of the interface could not be read. Please reload the page.";
}
