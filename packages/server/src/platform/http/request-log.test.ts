import { Writable } from "node:stream";
import Fastify, { type FastifyBaseLogger } from "fastify";
import { expect, it } from "vitest";
import { createLog } from "../telemetry/log.ts";
import { createRequestLog, LazyLog } from "./request-log.ts";

it("gives a request's lines its id, hides secrets in what it says itself, and tells of each request once", async () => {
  const lines: Record<string, unknown>[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  const log = createLog({ logLevel: "info" }, destination);
  const app = Fastify({
    loggerInstance: log as FastifyBaseLogger,
    childLoggerFactory: (parent, bindings) => new LazyLog(parent, bindings),
    requestIdLogLabel: "request",
    disableRequestLogging: true,
    genReqId: () => "request-7",
  });
  const logRequest = createRequestLog(log);
  app.decorateRequest("principal", null);
  app.addHook("onResponse", async (request, reply) => logRequest(request, reply));
  app.get("/quiet", async () => "");
  app.get("/health", async () => "");
  app.get("/loud", async (request) => {
    request.log.warn({ password: "hunter2", user: { token: "hunter2" } }, "odd");
    request.log.child({ part: "a" }).info("more");
    return "";
  });
  await app.inject("/quiet?token=hunter2");
  await app.inject("/health");
  await app.inject("/loud");
  await app.close();
  expect(JSON.stringify(lines)).not.toContain("hunter2");
  expect(lines.map(({ msg, request }) => [msg, request])).toEqual([
    ["request", "request-7"],
    ["odd", "request-7"],
    ["more", "request-7"],
    ["request", "request-7"],
  ]);
  expect(lines[0]).toMatchObject({ url: "/quiet?token=…", status: 200, method: "GET" });
});
