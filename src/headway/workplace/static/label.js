// The page: who works, what there is to do, and the work itself.

import { ask, patiently, Refused, token } from "./api.js";
import { el, isPressing, isWriting, key, say, show } from "./dom.js";
import { lasting, left, plain, reward } from "./words.js";
import { work } from "./work.js";

const PAGES_MAX = 20;
let view = new AbortController();

/** Leave what is shown, and show something else. */
async function turnTo(act, ...given) {
  view.abort();
  view = new AbortController();
  const life = view.signal;
  waiting(null);
  try {
    await act(life, ...given);
  } catch (error) {
    if (!life.aborted) trouble(error);
  }
}

function trouble(error) {
  if (error instanceof Refused && error.status === 401) {
    token.forget();
    return turnTo(signIn, "Your token is not valid any more. Ask for a new one.");
  }
  if (error instanceof Refused && [404, 409].includes(error.status)) {
    return turnTo(closed);
  }
  console.error(error);
  return turnTo(broken, error.message);
}

/** What keeps us from going on, and when it is tried again; null when that is over. */
function waiting(error, seconds, now) {
  const there = document.querySelector("#trouble button");
  if (!error) return show("trouble");
  const text = `${error.message}. What you have answered is kept here.`;
  const again = el("button", { className: "quiet", type: "button", onclick: now }, `Try now (${seconds} s)`);
  // Said once, not with every second.
  if (!there) return show("trouble", el("p", { role: "alert" }, text), again);
  const isFocused = document.activeElement === there;
  there.replaceWith(again);
  if (isFocused) again.focus();
}

function titled(text) {
  document.title = `${text} · Headway`;
}

function home() {
  location.hash ? (location.hash = "") : turnTo(list);
}

function narrow(...children) {
  return el("section", { className: "narrow" }, children);
}

// -- who works -----------------------------------------------------------------------------------------------

async function signIn(life, why = "") {
  titled("Sign in");
  show("bar-start", brand());
  show("bar-end");
  const fault = el("p", { className: "fault", id: "token-fault", role: "alert" }, why);
  const box = el("input", { id: "token", type: "password", autocomplete: "current-password", spellcheck: "false", "aria-describedby": "token-hint token-fault" });
  const send = el("button", { className: "main", type: "submit" }, "Sign in", key("Enter"));
  const enter = async (event) => {
    event.preventDefault();
    const secret = box.value.trim();
    if (!secret) return refuse("Enter your token");
    send.disabled = true;
    const wrong = await tried(life, secret).catch((error) => error.message);
    send.disabled = false;
    return wrong ? refuse(wrong) : start();
  };
  const refuse = (text) => {
    fault.textContent = "";
    fault.textContent = text;
    box.setAttribute("aria-invalid", "true");
    box.focus();
  };
  show(
    "main",
    narrow(
      el("h1", {}, "Sign in to work"),
      el("p", { className: "lead" }, "Answer tasks, one after another."),
      el("form", { className: "sign-in", novalidate: true, onsubmit: enter }, [
        el("label", { htmlFor: "token" }, "Your token"),
        el("p", { className: "hint", id: "token-hint" }, "You were given it by whoever asks you to work. It begins with tk-wk-, and is forgotten when this tab is closed."),
        box,
        fault,
        el("div", { className: "actions" }, send),
      ]),
    ),
  );
  box.focus();
}

/** Why nobody is let in with it; nothing, where they are. */
async function tried(life, secret) {
  if (/[^\x21-\x7e]/.test(secret)) return "That is no token";
  try {
    const me = await patiently(life, waiting, () => ask("GET", "/me", undefined, secret));
    if (!me.user_id) return "That is an account's API token. Whoever has it makes a worker's: headway pools worker create NAME";
    token.keep(secret);
    return "";
  } catch (error) {
    if (error instanceof Refused && error.status === 401) return "The platform does not know this token";
    throw error;
  }
}

function brand() {
  return el("span", { className: "brand" }, el("img", { src: "/label/mark.svg", alt: "", width: "24", height: "24" }), "Headway");
}

function signOut() {
  // The next one at this screen is somebody else.
  sessionStorage.clear();
  home();
}

// -- what there is to do -------------------------------------------------------------------------------------

async function list(life) {
  if (!token.get()) return signIn(life);
  titled("Open work");
  show("bar-start", brand());
  show("bar-end");
  const patient = (act) => patiently(life, waiting, act);
  const [me, jobs] = await Promise.all([patient(() => ask("GET", "/me")), patient(every)]);
  const open = jobs.filter((job) => job.left || job.left_or_more);
  const again = el("button", { className: "quiet", type: "button", onclick: home }, "Look again", key("R"));
  const out = el("button", { className: "quiet", type: "button", onclick: signOut }, "Sign out");
  show("bar-end", el("span", { className: "bar-note" }, me.user_id), out);
  const heading = el("h1", { tabindex: "-1", id: "heading" }, open.length ? "Open work" : "Nothing to do just now");
  const rest = jobs.length - open.length;
  show(
    "main",
    narrow(
      heading,
      el("p", { className: "lead" }, open.length ? `Choose what to work on, for ${me.requester.name}.` : `${me.requester.name} has no open work for you. More may come.`),
      open.length ? el("ol", { className: "jobs" }, open.map(job)) : null,
      rest && open.length ? el("p", { className: "hint" }, rest === 1 ? "In 1 more nothing is left for you." : `In ${rest} more nothing is left for you.`) : null,
      el("p", { className: "actions" }, again),
    ),
  );
  heading.focus({ preventScroll: true });
  say(open.length ? `${open.length} to choose from.` : "Nothing to do just now.");
  document.addEventListener("keydown", (event) => chosen(event, open), { signal: life });
}

function chosen(event, open) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isWriting(event.target)) return;
  if (event.key.toLowerCase() === "r") home();
  else if (/^[1-9]$/.test(event.key) && open[event.key - 1]) location.hash = open[event.key - 1].id;
  else if (event.key === "Enter" && open.length === 1 && !isPressing(event.target)) location.hash = open[0].id;
  else return;
  event.preventDefault();
}

async function every() {
  const found = [];
  for (let page = 0, after = ""; page < PAGES_MAX; page++) {
    const { items, has_more: isMore } = await ask("GET", `/pools?limit=50${after}`);
    found.push(...items);
    if (!isMore) break;
    after = `&id_gt=${items.at(-1).id}`;
  }
  return found;
}

function job(it, n) {
  const facts = [
    it.in_hand ? el("strong", {}, "Begun") : null,
    el("span", {}, left(it)),
    reward(it) && el("span", {}, reward(it)),
    el("span", {}, `${lasting(it.assignment_max_duration_seconds)} for each`),
    it.may_contain_adult_content ? el("span", { className: "warned" }, "May show adult content") : null,
  ];
  return el(
    "li",
    {},
    el(
      "a",
      { className: "job", href: `#${it.id}` },
      el("span", { className: "job-name" }, it.public_name),
      el("span", { className: "job-text" }, plain(it.public_description)),
      el("span", { className: "facts" }, facts),
      n < 9 && key(String(n + 1)),
    ),
  );
}

// -- the work ------------------------------------------------------------------------------------------------

async function working(life, poolId) {
  if (!token.get()) return signIn(life);
  show("bar-start", brand());
  await work(poolId, { life, waiting, leave: home });
}

async function closed() {
  ended("This work is closed", "Nothing more is given out here. What you have sent has arrived.");
}

async function broken(_, why) {
  ended("Something went wrong", `It is not your fault: ${why} What you have answered is kept here.`);
}

function ended(title, text) {
  titled(title);
  const back = el("button", { className: "main", type: "button", onclick: home }, "See all work", key("Enter"));
  show("bar-start", brand());
  show("bar-end");
  show("main", narrow(el("h1", {}, title), el("p", {}, text), el("p", { className: "actions" }, back)));
  back.focus();
}

function start() {
  const id = location.hash.slice(1);
  return /^[0-9a-f]{24}$/.test(id) ? turnTo(working, id) : turnTo(list);
}

window.addEventListener("hashchange", start);
start();
