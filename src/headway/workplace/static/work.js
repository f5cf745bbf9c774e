// One assignment after another: shown task by task, answered, sent.

import { ask, patiently, Refused } from "./api.js";
import { el, isPressing, isWriting, key, say, show } from "./dom.js";
import { field } from "./fields.js";
import { inputs, prefetch } from "./shown.js";
import { clocked, lasting, left, plain } from "./words.js";

const DRAFT = "headway.draft";
const HEADING_LENGTH_MAX = 90;
const SOON_S = 60;
const CLOSED = Symbol("closed");
const BEFORE = { sent: "Sent. ", skipped: "Skipped. " };

/** Work in a pool until there is nothing left, or until `life` ends. */
export async function work(poolId, { life, waiting, leave }) {
  const patient = (act) => patiently(life, waiting, act);
  const pool = await patient(() => ask("GET", `/pools/${poolId}`));
  let [done, answers, how] = [0, 0, ""];
  while (!life.aborted) {
    const it = await patient(() => ask("POST", `/pools/${poolId}/assignments`)).catch(closed);
    if (it === null || it === CLOSED) return finished(pool, answers, leave, it === CLOSED);
    how = await new Assignment(pool, it, { done, how }, { life, patient, leave }).ended;
    if (how === "sent") [done, answers] = [done + 1, answers + it.tasks.length];
    // How much is left is told beside the work, and not waited for.
    ask("GET", `/pools/${poolId}`).then((now) => Object.assign(pool, now), () => {});
  }
}

/** A pool is closed as soon as all of it is answered, perhaps by what was sent just now. */
function closed(error) {
  if (error instanceof Refused && error.status === 409) return CLOSED;
  throw error;
}

function finished(pool, answers, leave, isClosed) {
  const counted = answers === 1 ? "1 answer was sent." : `${answers} answers were sent.`;
  const title = answers ? "That was all for you here" : isClosed ? "This work is closed" : "Nothing is left for you here";
  const rest = isClosed ? " is closed: nothing more is given out." : " has nothing more for you. That may change while it is open.";
  const back = el("button", { className: "main", type: "button", onclick: leave }, "See other work", key("Enter"));
  show("bar-start", backButton(leave));
  show("bar-end");
  show(
    "main",
    el(
      "section",
      { className: "narrow" },
      el("h1", { id: "heading" }, title),
      el("p", {}, answers ? `${counted} Thank you. ` : "", el("em", {}, pool.public_name), rest),
      el("p", { className: "actions" }, back),
    ),
  );
  back.focus();
  say(`${title}. ${answers ? counted : ""}`);
}

function backButton(leave) {
  return el("button", { className: "quiet", type: "button", onclick: leave }, el("span", { "aria-hidden": "true" }, "← "), "All work");
}

class Assignment {
  constructor(pool, it, before, { life, patient, leave }) {
    Object.assign(this, { pool, it, before, patient, leave });
    this.at = 0;
    this.answers = drafted(it);
    this.endsAt = performance.now() + (it.seconds_left ?? 0) * 1000;
    this.over = new AbortController();
    this.prefetched = prefetch(it.tasks, pool.input_spec);
    const ended = new Promise((resolve, reject) => {
      this.end = resolve;
      this.fail = reject;
      life.addEventListener("abort", () => reject(life.reason), { signal: this.over.signal });
    });
    this.ended = ended.finally(() => this.over.abort());
    document.addEventListener("keydown", (event) => this.pressed(event), { signal: this.over.signal });
    this.frame();
    this.task();
  }

  /** What stays while the tasks change. */
  frame() {
    document.title = `${this.pool.public_name} · Headway`;
    this.time = el("span", {});
    this.clock = el("span", { className: "clock", role: "timer" }, el("span", { className: "clock-name" }, "Time left "), this.time);
    show("bar-start", backButton(this.leave), el("span", { className: "bar-name" }, this.pool.public_name));
    show("bar-end", el("span", { className: "bar-note wide" }, this.before.done ? `${this.before.done} sent, ${left(this.pool)}` : left(this.pool)), this.clock);
    const tick = setInterval(() => this.tick(), 1000);
    this.over.signal.addEventListener("abort", () => clearInterval(tick));
    this.tick();
  }

  tick() {
    const seconds = (this.endsAt - performance.now()) / 1000;
    this.time.textContent = seconds > 172800 ? lasting(Math.round(seconds)) : clocked(seconds);
    this.clock.classList.toggle("soon", seconds <= SOON_S);
    if (seconds <= SOON_S && seconds > 0 && !this.warned) {
      this.warned = true;
      say("Less than a minute is left.");
    }
    if (seconds <= 0 && !this.sending && !this.late) this.isLate();
  }

  isLate() {
    this.late = true;
    this.stop("Time is up", "It was not sent in time, so it goes to somebody else.", "expired");
  }

  /** Nothing more can come of it: said in place of the task. */
  stop(title, text, how) {
    forgetDraft();
    const next = el("button", { className: "main", type: "button", onclick: () => this.end(how) }, "Next", key("Enter"));
    show(
      "main",
      el("section", { className: "narrow" }, el("h1", { id: "heading" }, title), el("p", {}, text), el("p", { className: "actions" }, next)),
    );
    this.form = null;
    next.focus();
    say(`${title}. ${text}`);
  }

  /** Show the task that is to be answered now. */
  task() {
    const { pool, it, at } = this;
    const task = it.tasks[at];
    const changed = () => this.changed();
    this.fields = Object.entries(pool.output_spec).map(([name, spec]) => ({ name, ...field(name, spec, changed) }));
    for (const one of this.fields) one.write(this.answers[at][one.name]);
    this.choices = this.fields.filter((one) => one.isChoice);
    this.send = el("button", { className: "main", type: "submit" });
    this.label();
    const submit = (event) => {
      event.preventDefault();
      this.next();
    };
    this.form = el(
      "form",
      { className: "answer", novalidate: true, autocomplete: "off", onsubmit: submit, "aria-label": "Your answer" },
      this.fields.map((one) => one.element),
      el("div", { className: "actions" }, this.send, this.beside()),
      this.legend(),
    );
    const given = el("div", { className: "given" }, inputs(task, pool.input_spec));
    show("main", el("article", { className: "work" }, this.heading(), given, this.form));
    for (const one of this.choices) one.element.addEventListener("focusin", () => this.activate(one));
    this.activate(this.choices[0]);
    this.focusFirst();
    const many = it.tasks.length > 1 ? `Task ${at + 1} of ${it.tasks.length}. ` : "";
    const before = (at === 0 && BEFORE[this.before.how]) || "";
    say(`${before}${many}${left(pool)}.`);
  }

  label() {
    const isLast = this.at === this.it.tasks.length - 1;
    this.send.replaceChildren(isLast ? "Send" : "Next task", key("Enter"));
  }

  beside() {
    const { at, it } = this;
    const back = el("button", { className: "quiet", type: "button", onclick: () => this.back() }, "Back", key("B"));
    this.skipButton = el("button", { className: "quiet", type: "button", onclick: () => this.skip() }, el("span", {}, it.tasks.length > 1 ? "Skip all" : "Skip"), key("S"));
    return el("div", { className: "beside" }, at > 0 && back, this.skipButton);
  }

  legend() {
    if (!this.fields.some((one) => one.isWritten)) return null;
    const keys = [el("span", {}, key("Shift"), " ", key("Enter"), " new line"), el("span", {}, key("Esc"), " leave the text")];
    return el("p", { className: "legend", "aria-hidden": "true" }, keys);
  }

  heading() {
    const { pool, it, at } = this;
    const said = plain(pool.public_description);
    const isShort = said && said.length <= HEADING_LENGTH_MAX;
    const told = plain(pool.public_instructions);
    const many = it.tasks.length;
    return el(
      "header",
      { className: "work-head" },
      many > 1 && el("p", { className: "step" }, el("span", {}, `Task ${at + 1} of ${many}`), el("progress", { value: String(at), max: String(many), "aria-label": "Tasks done" })),
      el("h1", { tabindex: "-1", id: "heading" }, isShort ? said : pool.public_name),
      !isShort && said && el("p", { className: "lead" }, said),
      told && el("details", { className: "told" }, el("summary", {}, "Instructions ", key("I")), el("p", { className: "text" }, told)),
    );
  }

  focusFirst() {
    window.scrollTo(0, 0);
    const first = this.fields[0];
    // Whoever touches would find the keyboard before the task.
    const canWrite = first?.isWritten && !window.matchMedia("(pointer: coarse)").matches;
    canWrite ? first.focus() : document.getElementById("heading").focus({ preventScroll: true });
  }

  instruct() {
    const told = document.querySelector(".told");
    if (told) told.open = !told.open;
  }

  /** Keys choose here from now on. */
  activate(field) {
    this.active = field;
    for (const one of this.choices) one.element.classList.toggle("active", one === field);
  }

  pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !this.form || this.sending) return;
    const target = event.target;
    if (isWriting(target)) {
      if (event.key === "Escape") document.getElementById("heading").focus();
      else if (event.key === "Enter" && !event.shiftKey && target.matches("textarea")) this.taken(event, () => this.next());
      return;
    }
    const acts = { s: () => this.skip(), b: () => this.back(), i: () => this.instruct() };
    if (/^[0-9]$/.test(event.key)) this.taken(event, () => this.pick(event.key));
    else if (acts[event.key.toLowerCase()]) this.taken(event, acts[event.key.toLowerCase()]);
    else if (event.key === "Enter" && !isPressing(target)) this.taken(event, () => this.next());
  }

  taken(event, act) {
    event.preventDefault();
    if (!event.repeat) act();
  }

  pick(pressed) {
    const one = this.active;
    if (!one?.pick(pressed)) return;
    one.fault("");
    if (one.stays) return;
    const next = this.fields[this.fields.indexOf(one) + 1];
    if (next?.isChoice) this.activate(next);
    else if (next?.isWritten && this.pool.output_spec[next.name].required) next.focus();
  }

  changed() {
    this.keep();
    this.askedToSkip = false;
  }

  /** Keep what is answered so far, whatever may happen to this page. */
  keep() {
    for (const one of this.fields) {
      const { value } = one.read();
      this.answers[this.at][one.name] = value === undefined && one.raw ? one.raw() || undefined : value;
    }
    sessionStorage.setItem(DRAFT, JSON.stringify({ id: this.it.id, answers: this.answers }));
  }

  /** What the fields say, or null, with the first that is wrong in focus. */
  read() {
    const values = {};
    let wrong = null;
    for (const one of this.fields) {
      const { value, fault } = one.read();
      one.fault(fault);
      if (fault) wrong ??= one;
      else if (value !== undefined) values[one.name] = value;
    }
    if (!wrong) return values;
    wrong.focus();
    say(`${wrong.element.querySelector(".fault").textContent}.`);
    return null;
  }

  next() {
    const values = this.read();
    if (values === null) return;
    this.answers[this.at] = values;
    this.keep();
    if (this.at < this.it.tasks.length - 1) {
      this.at++;
      this.task();
    } else {
      this.submit();
    }
  }

  back() {
    if (this.at === 0) return;
    this.keep();
    this.at--;
    this.task();
  }

  async submit() {
    const solutions = this.answers.map((values) => ({ output_values: values }));
    await this.sent(`/assignments/${this.it.id}/submit`, { solutions }, "sent");
  }

  async skip() {
    const isBegun = this.answers.some((values) => Object.values(values).some((value) => value !== undefined));
    if (isBegun && this.it.tasks.length > 1 && !this.askedToSkip) {
      this.askedToSkip = true;
      this.skipButton.firstChild.textContent = "Skip, and lose the answers?";
      say("Skip once more to lose the answers given so far.");
      return;
    }
    await this.sent(`/assignments/${this.it.id}/skip`, undefined, "skipped");
  }

  /** Send it until the platform has heard it: the same twice counts once. */
  async sent(path, body, how) {
    this.busy(true);
    try {
      await this.patient(() => ask("POST", path, body));
      forgetDraft();
      this.end(how);
    } catch (error) {
      if (!(error instanceof Refused) || error.status === 401) return this.fail(error);
      this.busy(false);
      await this.refused(error, how).catch(this.fail);
    }
  }

  busy(isBusy) {
    this.sending = isBusy;
    for (const it of this.form.querySelectorAll("input, textarea, select, button")) it.disabled = isBusy;
    this.form.setAttribute("aria-busy", String(isBusy));
    if (isBusy) this.send.replaceChildren("Sending…");
    else this.label();
  }

  async refused(error, how) {
    if (error.code === "VALIDATION_ERROR") return this.corrected(error.payload);
    const now = await this.patient(() => ask("GET", `/assignments/${this.it.id}`));
    if (now.status === "EXPIRED" || (now.status === "ACTIVE" && !now.seconds_left)) return this.isLate();
    if (now.solutions || now.status === "SKIPPED") {
      forgetDraft();
      return this.end(now.solutions && how === "sent" ? "sent" : "skipped");
    }
    return this.stop("It could not be sent", error.message, "refused");
  }

  /** The platform found an answer wrong: say so where it was given. */
  corrected(payload) {
    const faults = Object.entries(payload).map(([path, it]) => [path.split("."), it.message]);
    const first = faults.find(([path]) => path[0] === "solutions" && path[1] in this.it.tasks);
    if (!first) return this.stop("It could not be sent", faults.map(([, message]) => message).join(" "), "refused");
    if (this.at !== Number(first[0][1])) {
      this.at = Number(first[0][1]);
      this.task();
    }
    for (const [path, message] of faults) {
      const one = Number(path[1]) === this.at && this.fields.find((it) => it.name === path[3]);
      if (one) one.fault(message);
    }
    (this.fields.find((it) => it.name === first[0][3]) ?? this.fields[0]).focus();
    say(first[1]);
  }
}

function drafted(it) {
  const kept = JSON.parse(sessionStorage.getItem(DRAFT) || "null");
  return kept?.id === it.id && kept.answers.length === it.tasks.length ? kept.answers : it.tasks.map(() => ({}));
}

function forgetDraft() {
  sessionStorage.removeItem(DRAFT);
}
