// Line icons on a 24 x 24 grid.

const SVG = "http://www.w3.org/2000/svg";

/** @type {Record<string, string[]>} */
const PATHS = {
  bag: ["M5 9h14l-1.2 9.2a2 2 0 0 1-2 1.8H8.2a2 2 0 0 1-2-1.8z", "M9 9V7.5a3 3 0 0 1 6 0V9"],
  send: ["M12 19V5", "m6 11 6-6 6 6"],
  mic: ["M12 4a2.5 2.5 0 0 1 2.5 2.5v5a2.5 2.5 0 0 1-5 0v-5A2.5 2.5 0 0 1 12 4z", "M6 11.5a6 6 0 0 0 12 0", "M12 17.5V20"],
  sun: ["M12 8.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7z", "M12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21M5.6 5.6l1.1 1.1M17.3 17.3l1.1 1.1M5.6 18.4l1.1-1.1M17.3 6.7l1.1-1.1"],
  moon: ["M19.5 14.3A8 8 0 0 1 9.7 4.5a8 8 0 1 0 9.8 9.8z"],
  fresh: ["M4 12a8 8 0 1 0 2.5-5.8", "M4 4.5V9h4.5"],
  up: ["M7.5 11v8.5", "M7.5 19.5H5a1 1 0 0 1-1-1V12a1 1 0 0 1 1-1h2.5L11 4a2 2 0 0 1 2 2v3.5h5a1.8 1.8 0 0 1 1.8 2.2l-1.3 6.2a2 2 0 0 1-2 1.6z"],
  down: ["M7.5 13V4.5", "M7.5 4.5H5a1 1 0 0 0-1 1V12a1 1 0 0 0 1 1h2.5L11 20a2 2 0 0 0 2-2v-3.5h5a1.8 1.8 0 0 0 1.8-2.2l-1.3-6.2a2 2 0 0 0-2-1.6z"],
  why: ["M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16z", "M12 11v5", "M12 8v.01"],
  close: ["m6 6 12 12", "M18 6 6 18"],
  check: ["m5 12.5 4.5 4.5L19 7.5"],
  arrow: ["M12 5v14", "m6 13 6 6 6-6"],
  next: ["m9 6 6 6-6 6"],
  alert: ["M12 4.5 21 19.5H3z", "M12 10v4.5", "M12 17v.01"],
  clock: ["M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16z", "M12 8v4.3l2.8 1.7"],
  compass: ["M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16z", "m15 9-2 4-4 2 2-4z"],
  tag: ["M4 5.5V11l8.5 8.5a1.4 1.4 0 0 0 2 0l5-5a1.4 1.4 0 0 0 0-2L11 4H5.5A1.5 1.5 0 0 0 4 5.5z", "M8 8v.01"],
  percent: ["M6 18 18 6", "M8 6.3a1.7 1.7 0 1 1 0 3.4 1.7 1.7 0 0 1 0-3.4z", "M16 14.3a1.7 1.7 0 1 1 0 3.4 1.7 1.7 0 0 1 0-3.4z"],
  tool: ["M14.5 6.5a4 4 0 0 1 5-1l-2.6 2.6.5 2 2 .5L22 8a4 4 0 0 1-5.5 4.5L9 20a2.1 2.1 0 0 1-3-3l7.5-7.5a4 4 0 0 1 1-3z"],
  truck: ["M3 7h10.5v9.5H3z", "M13.5 10.5h4L21 13.5v3h-7.5z", "M7 15a1.8 1.8 0 1 1 0 3.6A1.8 1.8 0 0 1 7 15zM17 15a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6z"],
  spark: ["M12 4c.6 4.5 3 7 8 8-5 1-7.4 3.5-8 8-.6-4.5-3-7-8-8 5-1 7.4-3.5 8-8z"],
  person: ["M12 4.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7z", "M5 19.5c.7-3.3 3.4-5 7-5s6.3 1.7 7 5"],
  ticket: ["M4 7h16v3.5a1.5 1.5 0 0 0 0 3V17H4v-3.5a1.5 1.5 0 0 0 0-3z", "M14 7.5v2M14 11v2M14 14.5v2"],
  box: ["m12 4 8 4v8l-8 4-8-4V8z", "m4 8 8 4 8-4", "M12 12v8"],
};

/** @param {string} name */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  for (const d of PATHS[name] ?? PATHS["spark"] ?? []) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}
