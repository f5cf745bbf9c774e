// Elements, made without markup in strings: whatever a task says is only ever text.

const PROPERTIES = new Set(["textContent", "value", "checked", "disabled", "className", "htmlFor", "type", "id", "name"]);

/** An element with these properties and attributes; `on…` are listeners, `null` leaves one out. */
export function el(tag, given = {}, ...children) {
  const it = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) it.addEventListener(name.slice(2), value);
    else if (PROPERTIES.has(name)) it[name] = value;
    else it.setAttribute(name, value === true ? "" : value);
  }
  it.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return it;
}

/** Show this in place of what was there. */
export function show(where, ...children) {
  document.getElementById(where).replaceChildren(...children.filter(Boolean));
}

/** Tell those who listen instead of looking. */
export function say(text) {
  const it = document.getElementById("said");
  // The same words again would not be a change, and so not be said.
  it.textContent = it.textContent === text ? `${text}\u00a0` : text;
}

/** A key as it is printed on the keyboard; those who touch or listen need not know of it. */
export function key(name) {
  return el("kbd", { "aria-hidden": "true" }, name);
}

/** Whether somebody is writing there. */
export function isWriting(target) {
  return target.matches?.("textarea, select, input:not([type=radio]):not([type=checkbox])") ?? false;
}

/** Whether the key means something to the element already. */
export function isPressing(target) {
  return target.matches?.("button, a, summary, input, textarea, select") ?? false;
}
