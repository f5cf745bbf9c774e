// Drives Headway with Scalingo's own npm client; prints what it saw as one JSON object.
// node client.cjs SCENARIO BASE TOKEN [ARCHIVE]
const fs = require("node:fs");
const { clientFromToken } = require("scalingo");

const [scenario, base, token, archive] = process.argv.slice(2);
const seen = {};

async function refused(promise) {
  try {
    await promise;
    return "not refused";
  } catch (error) {
    return { status: error.status, message: error.message, data: error.data };
  }
}

async function login() {
  return clientFromToken(token, { apiUrl: base, authApiUrl: base, billingApiUrl: base });
}

async function upload(source) {
  const body = fs.readFileSync(archive);
  const headers = { "Content-Type": "application/x-gzip" };
  const reply = await fetch(source.upload_url, { method: "PUT", body, headers });
  return reply.status;
}

async function newSource(client) {
  return (await client.apiClient().post("/sources", {})).data.source;
}

async function followed(client, app, deployment) {
  const news = { new: [], log: "", status: [] };
  const listener = await client.Apps.deploymentListener(app);
  return new Promise((resolve, reject) => {
    listener.onNew((data) => news.new.push(data));
    listener.onLog((data) => (news.log += data.content));
    listener.onStatus((data) => {
      if (data.id !== deployment.id) return;
      news.status.push(data.status);
      if (!["queued", "building", "pushing", "starting"].includes(data.status)) {
        resolve(news);
        listener.close();
      }
    });
    listener.onClose(() => reject(new Error("the stream was closed: " + JSON.stringify(news))));
  });
}

async function heard(client, app) {
  const listener = await client.Logs.listenerFor(app);
  return new Promise((resolve) => {
    listener.onLog((data) => {
      resolve(data);
      listener.close();
    });
  });
}

async function ended(operation) {
  // The client's own wait() polls a failed operation for ever.
  while (!["done", "error"].includes(operation.status)) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    await operation.refresh();
  }
  if (operation.status === "done") await operation.wait();
  return { id: operation.id, type: operation.type, status: operation.status, error: operation.error };
}

const scenarios = {
  async wire() {
    const client = await login();
    seen.self = await client.Users.self();
    seen.regions = await client.Regions.all();
    seen.dry = await client.Apps.create({ name: "npm-app", dry_run: true });
    seen.app = await client.Apps.create({ name: "npm-app" });
    seen.apps = (await client.Apps.all()).map((app) => app.name);
    seen.taken = await refused(client.Apps.create({ name: "npm-app" }));
    seen.odd = await refused(client.Apps.create({ name: "AB" }));
    seen.unknown = await refused(client.Apps.find("no-such-app"));
    seen.formation = await client.Containers.for("npm-app");
    seen.processes = await client.Containers.processes("npm-app");
    seen.sizes = (await client.Containers.availableSizes()).map((size) => size.name);
    seen.stacks = await client.Stacks.list();
    seen.autoscalers = await client.Autoscalers.for("npm-app");
    const one = await client.Environment.create("npm-app", { name: "ONE", value: "1" });
    await client.Environment.bulkUpdate("npm-app", [{ name: "ONE", value: "2" }, { name: "TWO", value: "$ONE" }]);
    seen.updated = await client.Environment.update("npm-app", one.id, "3");
    const variables = await client.Environment.for("npm-app");
    seen.variables = variables.map((variable) => [variable.name, variable.value]);
    await client.Environment.bulkDestroy("npm-app", [variables[1].id]);
    await client.Environment.destroy("npm-app", one.id);
    seen.left = await client.Environment.for("npm-app");
    seen.uploaded = await upload(await newSource(client));
    const made = await client.Tokens.create("second");
    seen.tokens = (await client.Tokens.all()).map((one) => one.name);
    await client.Tokens.destroy(made.id);
    seen.logs = await client.Logs.for("npm-app", { count: 5 });
    seen.heard = await heard(client, "npm-app");
    seen.archives = await client.Logs.archives("npm-app");
    seen.older = await client.Logs.archives("npm-app", seen.archives.next_cursor);
    seen.metrics = (await client.Metrics.types()).map((one) => one.id);
    seen.requests = await client.Metrics.get("npm-app", "router", { since: 1, statusCode: "2XX" });
    seen.times = await client.Metrics.get("npm-app", "requests", { statisticsType: "p99", last: true });
    seen.memory = await client.Metrics.get("npm-app", "memory", { since: 71, containerType: "web", containerIndex: 1 });
    seen.deployments = await client.Deployments.for("npm-app", { page: 1 });
    seen.wrong = await refused(clientFromToken("tk-us-wrong", { apiUrl: base, authApiUrl: base }));
  },

  async journey() {
    const client = await login();
    const app = await client.Apps.create({ name: "npm-journey" });
    const source = await newSource(client);
    seen.uploaded = await upload(source);
    const deployment = await client.Deployments.create(app.id, { source_url: source.download_url, git_ref: "v1" });
    seen.news = await followed(client, app.id, deployment);
    seen.deployed = await client.Deployments.find(app.id, deployment.id);
    seen.output = await client.Deployments.logs(app.id, deployment.id);
    seen.running = (await client.Apps.find(app.id)).status;
    const scaled = await client.Containers.scale(app.id, [{ name: "web", amount: 2 }]);
    seen.scale = await ended(scaled.operation);
    seen.formation = scaled.formation;
    seen.restart = await ended(await client.Containers.restart(app.id, ["web"]));
    seen.processes = (await client.Containers.processes(app.id)).map((one) => [one.label, one.state]);
    seen.logs = await client.Logs.for(app.id, { count: 100 });
    seen.url = app.url;
  },
};

scenarios[scenario]().then(
  () => {
    console.log(JSON.stringify(seen));
    process.exit(0);
  },
  (error) => {
    console.error(error, JSON.stringify(seen));
    process.exit(1);
  },
);
