// Calls everything that Scalingo's own npm client offers for what Headway is; prints what came back as one JSON object.
// node surface.cjs BASE TOKEN GUEST_TOKEN GUEST_EMAIL ARCHIVE KEY
const fs = require("node:fs");
const { clientFromToken } = require("scalingo");

const [base, token, guestToken, guestEmail, archive, key] = process.argv.slice(2);
const GROUPS = [
  "Apps", "Collaborators", "Containers", "CronTasks", "Deployments", "Domains", "Environment", "Events", "Keys", "Logs", "Metrics",
  "Operations", "Projects", "Regions", "Stacks", "Tokens", "Users",
];
// What it also has for accounts is about Scalingo's business: trials, roles, the deletion of accounts.
const LEFT_OUT = ["Users.updateAccount", "Users.stopFreeTrial", "Users.requestAccountDeletion",
  "Users.confirmAccountDeletion", "Users.roles"];
const APP = "npm-surface";
const returned = {};
const missing = [];

function methods(client, group) {
  return Object.getOwnPropertyNames(Object.getPrototypeOf(client[group])).filter((name) => name !== "constructor");
}

function offered(client) {
  const all = GROUPS.flatMap((group) => methods(client, group).map((name) => `${group}.${name}`));
  return all.filter((name) => !LEFT_OUT.includes(name));
}

// Calls a method by its name and keeps what came of it.
function calling(client) {
  return async (name, ...given) => {
    const [group, method] = name.split(".");
    try {
      const value = await client[group][method](...given);
      returned[name] = value === undefined ? null : value;
      return value;
    } catch (error) {
      if (error.status !== 404 || (error.data && error.data.resource)) {
        throw new Error(`${name}: ${error.status} ${error.message} ${JSON.stringify(error.data)}`);
      }
      missing.push(name);
      returned[name] = null;
      return null;
    }
  };
}

async function login(secret) {
  return clientFromToken(secret, { apiUrl: base, authApiUrl: base, billingApiUrl: base });
}

async function source(client) {
  const made = (await client.apiClient().post("/sources", {})).data.source;
  await fetch(made.upload_url, { method: "PUT", body: fs.readFileSync(archive) });
  return made.download_url;
}

function nextFrame(listener, subscribe) {
  return new Promise((resolve) => {
    listener[subscribe]((data) => {
      resolve(data);
      listener.close();
    });
  });
}

async function aboutApps(client, call) {
  await call("Apps.create", { name: "npm-dry-run", dry_run: true });
  const app = await call("Apps.create", { name: "npm-other" });
  await call("Apps.all");
  await call("Apps.find", app.id);
  await call("Apps.update", app.id, { force_https: true, sticky_session: true, router_logs: true });
  await call("Apps.rename", app.id, "npm-other", "npm-renamed");
  await call("Apps.destroy", app.id, "npm-renamed");
  const surface = await client.Apps.create({ name: APP });
  return surface.id;
}

async function aboutDeployments(client, call, app) {
  const listener = await call("Apps.deploymentListener", app);
  returned["Apps.deploymentListener"] = typeof listener.onLog;
  const news = nextFrame(listener, "onNew");
  const begun = await call("Deployments.create", app, { source_url: await source(client), git_ref: "v1" });
  returned.news = await news;
  let deployment = begun;
  while (["queued", "building", "pushing", "starting"].includes(deployment.status)) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    deployment = await call("Deployments.find", app, begun.id);
  }
  await call("Deployments.for", app, { page: 1, per_page: 5 });
  await call("Deployments.logs", app, begun.id);
  await call("Deployments.purgeCache", app);
}

async function aboutContainers(client, call, app) {
  await call("Containers.availableSizes");
  const scaled = await call("Containers.scale", app, [{ name: "web", amount: 2 }]);
  await scaled.operation.wait();
  returned["Containers.scale"] = { formation: scaled.formation, status: scaled.operation.status };
  const restarted = await call("Containers.restart", app, ["web"]);
  await restarted.wait();
  returned["Containers.restart"] = { status: restarted.status, type: restarted.type };
  await call("Operations.operation", app, restarted.id);
  await call("Containers.for", app);
  await call("CronTasks.for", app);
  const oneOff = await call("Containers.run", app, { command: "sleep 600", detached: true });
  await call("Containers.processes", app);
  await call("Containers.stop", app, oneOff.id);
}

async function aboutLogs(client, call, app) {
  await call("Apps.logsURL", app);
  await call("Logs.for", app, { count: 5 });
  const listener = await call("Logs.listenerFor", app);
  returned["Logs.listenerFor"] = await nextFrame(listener, "onLog");
  const first = await call("Logs.archives", app);
  returned.behind = await client.Logs.archives(app, first.next_cursor || "1");
}

async function aboutEnvironment(client, call, app) {
  const one = await call("Environment.create", app, { name: "ONE", value: "1" });
  await call("Environment.bulkUpdate", app, [{ name: "TWO", value: "2" }, { name: "THREE", value: "$ONE" }]);
  await call("Environment.update", app, one.id, "one");
  const all = await call("Environment.for", app);
  await call("Environment.destroy", app, one.id);
  await call("Environment.bulkDestroy", app, all.filter((it) => it.id !== one.id).map((it) => it.id));
}

async function aboutPeople(client, call, guest, app) {
  const invited = await call("Collaborators.invite", app, guestEmail);
  await calling(guest)("Collaborators.inviteAccept", new URL(invited.invitation_link).searchParams.get("token"));
  await call("Collaborators.update", app, invited.id, { is_limited: false });
  await call("Collaborators.for", app);
  await call("Collaborators.all", { page: 1 });
  await call("Apps.transfer", app, APP, guestEmail);
  const me = await call("Users.self");
  await guest.Apps.transfer(app, APP, me.email);
  const theirs = (await client.Collaborators.for(app))[0];
  await call("Collaborators.destroy", app, theirs.id);
}

async function aboutAccounts(client, call) {
  await call("Regions.all");
  await call("Stacks.list");
  const made = await call("Tokens.create", "another");
  const renewed = await call("Tokens.renew", made.id);
  await call("Tokens.exchange", renewed.token);
  await call("Tokens.all");
  await call("Tokens.destroy", made.id);
  const added = await call("Keys.create", "laptop", key);
  await call("Keys.all");
  await call("Keys.show", added.id);
  await call("Keys.destroy", added.id);
  const project = await call("Projects.create", { name: "shop" });
  await call("Projects.all");
  await call("Projects.find", project ? project.id : "none");
  await call("Projects.update", project ? project.id : "none", { name: "store" });
}

async function aboutDomains(client, call, app) {
  const added = await call("Domains.create", app, { name: "www.example.com", letsencrypt_enabled: false });
  const id = added ? added.id : "none";
  await call("Domains.for", app);
  await call("Domains.show", app, id);
  await call("Domains.update", app, id, { canonical: true });
  await call("Domains.destroy", app, id);
}

async function aboutWhatHappened(client, call, app) {
  await call("Events.all", { page: 1, per_page: 5 });
  const theirs = await call("Events.for", app, { page: 1, per_page: 5 });
  await call("Events.find", app, theirs ? theirs.events[0].id : "none");
  await call("Events.listEventTypes");
  await call("Events.listEventCategories");
  await call("Metrics.types");
  await call("Metrics.get", app, "router", { statusCode: "2XX", since: 1 });
  await call("Metrics.get", app, "cpu", { containerType: "web", containerIndex: 1, since: 1, last: true });
}

async function main() {
  const client = await login(token);
  const guest = await login(guestToken);
  const call = calling(client);
  await aboutAccounts(client, call);
  const app = await aboutApps(client, call);
  await aboutEnvironment(client, call, app);
  await aboutDeployments(client, call, app);
  await aboutContainers(client, call, app);
  await aboutLogs(client, call, app);
  await aboutDomains(client, call, app);
  await aboutPeople(client, call, guest, app);
  await aboutWhatHappened(client, call, app);
  return { returned, missing, uncalled: offered(client).filter((name) => !(name in returned)) };
}

main().then(
  (seen) => {
    console.log(JSON.stringify(seen));
    process.exit(0);
  },
  (error) => {
    console.error(error, JSON.stringify(returned).slice(-2000));
    process.exit(1);
  },
);
