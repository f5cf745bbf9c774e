// The fields of an answer. Each is {element, read, write, fault, isChoice, pick, focus}.

import { el, key } from "./dom.js";
import { named, valued } from "./words.js";

const KEYS = "1234567890";
const CHOICES_MAX = 30;
const LINE_MAX = 120;
const NOTHING = Symbol("no answer");

/** What somebody has written cannot be an answer. */
class Wrong extends Error {}

/** The control for one field of the output spec. */
export function field(name, spec, changed) {
  const kind = spec.type.replace("array_", "");
  const isList = spec.type !== kind;
  const values = spec.labels ?? spec.allowed_values ?? (kind === "boolean" ? [true, false] : null);
  const make = values && (isList || values.length <= CHOICES_MAX) ? choices : values ? menu : written;
  return make({ name, spec, kind, isList, values, changed, id: `field-${name}` });
}

function framed({ name, spec, id }, tag, labelled, body, hint) {
  const fault = el("p", { className: "fault", id: `${id}-fault`, hidden: true });
  const optional = spec.required ? null : el("span", { className: "optional" }, " optional");
  const told = hint ? el("p", { className: "hint", id: `${id}-hint` }, hint) : null;
  const element = el(tag, { className: "field" }, el(...labelled, named(name), optional), told, body, fault);
  const tell = (text) => {
    fault.textContent = text || "";
    fault.hidden = !text;
    const target = tag === "fieldset" ? element : body;
    target.setAttribute("aria-describedby", [told?.id, text && fault.id].filter(Boolean).join(" "));
    if (tag !== "fieldset") target.setAttribute("aria-invalid", text ? "true" : "false");
  };
  tell("");
  return { element, fault: tell };
}

/** By which key each is chosen: digits by themselves, anything else in its order. */
function keysOf(values) {
  const isDigits = values.every((value) => value === NOTHING || /^[0-9]$/.test(String(value)));
  return isDigits ? values.map((value) => (value === NOTHING ? null : String(value))) : [...KEYS];
}

/** Side by side where they are short, each on a line of its own where they are read. */
function laidOut(values) {
  const longest = Math.max(...values.map((value) => (value === NOTHING ? 0 : valued(value).length)));
  if (longest <= 3 && values.length > 2) return "tiny";
  return longest <= 3 || (longest <= 14 && values.length > 4) ? "short" : "";
}

function choices(it) {
  const { spec, isList, id, changed } = it;
  const values = spec.required || isList ? it.values : [...it.values, NOTHING];
  const boxes = values.map((value, n) =>
    el("input", { type: isList ? "checkbox" : "radio", name: id, id: `${id}-${n}`, value: String(n), onchange: changed }),
  );
  if (values.includes(NOTHING)) boxes.at(-1).checked = true;
  const keys = keysOf(values);
  const rows = boxes.map((box, n) => {
    const text = values[n] === NOTHING ? "No answer" : valued(values[n]);
    const className = values[n] === NOTHING ? "choice none" : "choice";
    return el("label", { className }, box, el("span", { className: "choice-text" }, text), keys[n] && key(keys[n]));
  });
  const body = el("div", { className: `choices ${laidOut(values)}` }, rows);
  const frame = framed(it, "fieldset", ["legend", {}], body, isList ? "Choose any number" : "");
  return {
    ...frame,
    isChoice: true,
    stays: isList,
    read: () => {
      const chosen = values.filter((_, n) => boxes[n].checked && values[n] !== NOTHING);
      if (!chosen.length && spec.required) return { fault: "Choose one first" };
      const fault = isList ? sized(chosen, spec) : "";
      return fault ? { fault } : { value: isList ? (chosen.length ? chosen : undefined) : chosen[0] };
    },
    write: (value) => {
      const wanted = isList ? (value ?? []) : [value === undefined ? NOTHING : value];
      boxes.forEach((box, n) => (box.checked = wanted.includes(values[n])));
    },
    pick: (pressed) => {
      const box = boxes[keys.indexOf(pressed)];
      if (!box) return false;
      box.focus();
      box.checked = isList ? !box.checked : true;
      changed();
      return true;
    },
    focus: () => (boxes.find((box) => box.checked) ?? boxes[0]).focus(),
  };
}

function menu(it) {
  const { spec, values, id, changed } = it;
  const options = values.map((value, n) => el("option", { value: String(n) }, valued(value)));
  const select = el("select", { id, onchange: changed }, el("option", { value: "" }, spec.required ? "Choose…" : "No answer"), options);
  return {
    ...framed(it, "div", ["label", { htmlFor: id }], select),
    read: () => (select.value === "" ? empty(spec) : { value: values[Number(select.value)] }),
    write: (value) => (select.value = values.includes(value) ? String(values.indexOf(value)) : ""),
    focus: () => select.focus(),
  };
}

function written(it) {
  const { spec, kind, isList, id, changed } = it;
  const isLong = isList || kind === "json" || (kind === "string" && !spec.pattern && (spec.max_length ?? Infinity) > LINE_MAX);
  const mode = { integer: "numeric", float: "decimal", url: "url", coordinates: "text" }[kind] ?? "text";
  const common = { id, oninput: changed, autocomplete: "off", "aria-required": spec.required ? "true" : "false" };
  const box = isLong
    ? el("textarea", { ...common, rows: isList ? "4" : "3", spellcheck: kind === "string" ? "true" : "false" })
    : el("input", { ...common, type: "text", inputmode: mode, spellcheck: "false" });
  return {
    ...framed(it, "div", ["label", { htmlFor: id }], box, hinted(spec, kind, isList)),
    isWritten: true,
    read: () => {
      const text = kind === "string" && !isList ? box.value : box.value.trim();
      if (!text.trim()) return empty(spec);
      try {
        if (!isList) return { value: parsed(text, kind, spec) };
        const all = text.split("\n").map((line) => line.trim()).filter(Boolean).map((line) => parsed(line, kind, spec));
        const fault = sized(all, spec);
        return fault ? { fault } : { value: all };
      } catch (error) {
        if (error instanceof Wrong) return { fault: error.message };
        throw error;
      }
    },
    write: (value) => (box.value = unparsed(value, kind)),
    /** What is written, as it is: also what is no answer yet. */
    raw: () => box.value,
    focus: () => box.focus(),
  };
}

function empty(spec) {
  return spec.required ? { fault: "Needs an answer" } : { value: undefined };
}

function unparsed(value, kind) {
  if (value === undefined) return "";
  if (Array.isArray(value) && kind !== "json") return value.join("\n");
  return kind === "json" && typeof value !== "string" ? JSON.stringify(value, null, 2) : String(value);
}

function hinted(spec, kind, isList) {
  const what = {
    integer: `A whole number${ranged(spec)}`,
    float: `A number${ranged(spec)}`,
    url: "An address that begins with http:// or https://",
    coordinates: "Latitude and longitude, like 55.75, 37.61",
    json: "JSON",
    file: "The name under which the file is known",
    boolean: "yes or no",
  }[kind] ?? lengthy(spec);
  return isList ? `One on each line. ${what}` : what;
}

function ranged({ min_value: least, max_value: most }) {
  if (least !== undefined && most !== undefined) return ` from ${least} to ${most}`;
  if (least !== undefined) return `, at least ${least}`;
  return most === undefined ? "" : `, at most ${most}`;
}

function lengthy({ min_length: least, max_length: most }) {
  if (least && most) return `${least} to ${most} characters`;
  if (least) return `At least ${least} characters`;
  return most ? `At most ${most} characters` : "";
}

function sized(values, { min_size: least, max_size: most }) {
  if (least !== undefined && values.length < least) return `At least ${least} are needed`;
  return most !== undefined && values.length > most ? `At most ${most} are possible` : "";
}

function parsed(text, kind, spec) {
  switch (kind) {
    case "integer":
      if (!/^[+-]?\d{1,15}$/.test(text)) throw new Wrong("Must be a whole number");
      return within(Number(text), spec);
    case "float": {
      const number = Number(text.replace(",", "."));
      if (!Number.isFinite(number)) throw new Wrong("Must be a number");
      return within(number, spec);
    }
    case "boolean":
      if (!/^(yes|no|true|false)$/i.test(text)) throw new Wrong("Must be yes or no");
      return /^(yes|true)$/i.test(text);
    case "url":
      if (!/^(https?:\/\/|www)/.test(text)) throw new Wrong("Must begin with http:// or https://");
      return text;
    case "coordinates":
      if (!/^-?\d{1,3}(\.\d+)?\s*,\s*-?\d{1,3}(\.\d+)?$/.test(text)) throw new Wrong("Must be two numbers with a comma between");
      return text;
    case "json":
      try {
        return JSON.parse(text);
      } catch {
        throw new Wrong("Must be JSON");
      }
    default:
      return string(text, spec);
  }
}

function within(number, { min_value: least, max_value: most }) {
  if (least !== undefined && number < least) throw new Wrong(`Must be at least ${least}`);
  if (most !== undefined && number > most) throw new Wrong(`Must be at most ${most}`);
  return number;
}

// What a pattern allows is for the platform to say: it knows it in another tongue.
function string(text, { min_length: least, max_length: most }) {
  const length = [...text].length;
  if (least !== undefined && length < least) throw new Wrong(`Must have at least ${least} characters`);
  if (most !== undefined && length > most) throw new Wrong(`Must have at most ${most} characters`);
  return text;
}
