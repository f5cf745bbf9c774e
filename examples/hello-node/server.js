"use strict";
// Hello, from Node: a page, a health check, a log, and a clean end.

const http = require("node:http");

const container = process.env.CONTAINER ?? "nowhere-0";
const version = process.env.CONTAINER_VERSION ?? "unknown";

const answers = {
  "/": ["text/plain; charset=utf-8", `Hello. This is ${container}, running ${version}.\n`],
  "/healthz": ["application/json", '{"status":"ok"}'],
};
const nothing = ["text/plain; charset=utf-8", "There is nothing here.\n"];

const server = http.createServer((request, response) => {
  const path = request.url.split("?")[0];
  const status = Object.hasOwn(answers, path) ? 200 : 404;
  const [type, body] = answers[path] ?? nothing;
  response.writeHead(status, { "Content-Type": type, "Content-Length": Buffer.byteLength(body) });
  response.end(request.method === "HEAD" ? undefined : body);
  console.log(request.socket.remoteAddress, request.method, request.url, status);
});

const stop = () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
};
process.on("SIGTERM", stop);
process.on("SIGINT", stop);

server.listen(process.env.PORT, () => console.log(`${container} listens on port ${process.env.PORT}`));
