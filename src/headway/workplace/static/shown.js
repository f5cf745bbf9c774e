// What a task gives to look at.

import { el } from "./dom.js";
import { named } from "./words.js";

/** The values of a task, each as its type is best seen. */
export function inputs(task, spec) {
  const known = Object.keys(spec).filter((name) => task.input_values[name] !== undefined && task.input_values[name] !== null);
  return known.map((name) => input(name, task.input_values[name], spec[name].type, known.length > 1));
}

/** Begin to load the images of tasks that come next. */
export function prefetch(tasks, spec) {
  const kept = [];
  for (const task of tasks) {
    for (const name of Object.keys(spec)) {
      for (const value of [task.input_values[name]].flat()) {
        const url = spec[name].type.endsWith("url") ? address(value) : null;
        if (url) kept.push(Object.assign(new Image(), { src: url }));
      }
    }
  }
  return kept;
}

function input(name, value, type, isOneOfSeveral) {
  const values = Array.isArray(value) && type.startsWith("array_") ? value : [value];
  const kind = type.replace("array_", "");
  const isPicture = kind === "url";
  const shown = values.map((one, n) => piece(one, kind, values.length > 1 ? `${named(name)} ${n + 1}` : named(name)));
  // A picture alone needs no heading: its name is its text.
  const heading = isPicture && !isOneOfSeveral ? null : el("h2", { className: "input-name" }, named(name));
  return el("section", { className: isPicture ? "input picture" : "input" }, heading, shown);
}

function piece(value, kind, name) {
  if (kind === "url") return picture(value, name);
  if (kind === "json" || typeof value === "object") {
    const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
    return el("pre", { tabindex: "0", "aria-label": name }, text);
  }
  if (kind === "boolean") return el("p", { className: "text" }, value ? "Yes" : "No");
  if (kind === "coordinates") return coordinates(String(value));
  return el("p", { className: "text" }, String(value));
}

/** Shown if it is an image; what is none is a link. */
function picture(value, name) {
  const url = address(value);
  if (!url) return el("p", { className: "text" }, String(value));
  const frame = el("a", { className: "frame", href: url, target: "_blank", rel: "noopener noreferrer" });
  const plain = () => {
    frame.className = "link";
    frame.replaceChildren(`Open ${name.toLowerCase()}`, el("span", { className: "where" }, new URL(url).host));
  };
  frame.append(el("img", { src: url, alt: `${name}: open it alone`, decoding: "async", onerror: plain }));
  return frame;
}

function coordinates(value) {
  const [latitude, longitude] = value.split(",").map((it) => it.trim());
  const url = `https://www.openstreetmap.org/?mlat=${encodeURIComponent(latitude)}&mlon=${encodeURIComponent(longitude)}`;
  return el("a", { className: "link", href: url, target: "_blank", rel: "noopener noreferrer" }, value);
}

function address(value) {
  const text = String(value ?? "");
  try {
    const url = new URL(text.startsWith("www") ? `https://${text}` : text);
    return ["http:", "https:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}
