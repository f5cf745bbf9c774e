// How things are said.

/** `is_a_cat` as `Is a cat`. */
export function named(name) {
  const words = String(name).replace(/[_-]+/g, " ").trim() || String(name);
  return words[0].toUpperCase() + words.slice(1);
}

/** One of the values that an answer may have. */
export function valued(value) {
  if (value === true) return "Yes";
  if (value === false) return "No";
  return String(value);
}

/** How long something may take. */
export function lasting(seconds) {
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172800) return `${Math.round(seconds / 3600)} hours`;
  return `${Math.round(seconds / 86400)} days`;
}

/** What is left of a time, as a clock shows it. */
export function clocked(seconds) {
  const left = Math.max(0, Math.ceil(seconds));
  const [hours, minutes, rest] = [Math.floor(left / 3600), Math.floor(left / 60) % 60, left % 60];
  const two = (n) => String(n).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** How much there is. */
export function left(job) {
  if (job.left_or_more) return job.left ? `${job.left}+ left` : "Some left";
  return `${job.left} left`;
}

/** What one of them earns; nothing where that is nothing. */
export function reward(job) {
  return job.reward_per_assignment ? `${job.reward_per_assignment} each` : "";
}

/** Text of what may be marked up: requesters write instructions in HTML. Nothing of it runs, nothing is loaded. */
export function plain(text) {
  if (!/<[a-z!/]/i.test(text)) return text.trim();
  const parsed = new DOMParser().parseFromString(text, "text/html");
  for (const it of parsed.querySelectorAll("script, style")) it.remove();
  for (const it of parsed.querySelectorAll("br, p, div, li, h1, h2, h3, h4, h5, h6, tr")) it.append("\n");
  for (const it of parsed.querySelectorAll("li")) it.prepend("• ");
  return parsed.body.textContent.replace(/[ \t]+/g, " ").replace(/\n\s*\n\s*/g, "\n\n").trim();
}
