// Speaks with the platform: /worker/v1. The token is in the header, and nowhere else.

const TOKEN = "headway.token";
const ANSWER_MS = 20_000;
const PAUSES_S = [1, 2, 4, 8, 15];

/** The platform said no: `status`, its `code`, and its `payload` of what is wrong where. */
export class Refused extends Error {
  constructor(status, said) {
    super(said?.message || `The platform answered ${status}.`);
    this.status = status;
    this.code = said?.code || "";
    this.payload = said?.payload || {};
  }
}

/** Nobody has answered, or the platform cannot do it just now: the same may be asked again. */
export class Away extends Error {}

export const token = {
  get: () => sessionStorage.getItem(TOKEN) || "",
  keep: (it) => sessionStorage.setItem(TOKEN, it),
  forget: () => sessionStorage.removeItem(TOKEN),
};

/** What is answered; null where there is nothing to say. Refused, or Away. */
export async function ask(method, path, body, secret = token.get()) {
  let reply;
  const headers = { Authorization: `Bearer ${secret}` };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  try {
    reply = await fetch(`/worker/v1${path}`, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_MS),
      cache: "no-store",
    });
  } catch {
    throw new Away("The platform cannot be reached");
  }
  if (reply.status === 204) return null;
  const said = await reply.json().catch(() => null);
  if (reply.ok && said !== null) return said;
  if (reply.ok || reply.status === 429 || reply.status >= 500) throw new Away("The platform cannot answer just now");
  throw new Refused(reply.status, said);
}

/** The same, asked until there is an answer, while `life` lasts; `waiting(error, seconds, now)` is told of each pause. */
export async function patiently(life, waiting, act) {
  for (let tries = 0; ; tries++) {
    try {
      const it = await act();
      life.throwIfAborted();
      if (tries) waiting(null);
      return it;
    } catch (error) {
      life.throwIfAborted();
      if (!(error instanceof Away)) {
        if (tries) waiting(null);
        throw error;
      }
      await pause(life, PAUSES_S[Math.min(tries, PAUSES_S.length - 1)], (seconds, now) => waiting(error, seconds, now));
    }
  }
}

function pause(life, seconds, tell) {
  return new Promise((resolve, reject) => {
    const over = new AbortController();
    const done = () => {
      over.abort();
      clearInterval(clock);
      life.aborted ? reject(life.reason) : resolve();
    };
    const clock = setInterval(() => (--seconds > 0 ? tell(seconds, done) : done()), 1000);
    window.addEventListener("online", done, { signal: over.signal });
    life.addEventListener("abort", done, { signal: over.signal });
    tell(seconds, done);
  });
}
