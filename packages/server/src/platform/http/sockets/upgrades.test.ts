import type { AddressInfo } from "node:net";
import type { FastifyPluginAsync } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { createTestServer, testPrincipals } from "../../../testing/create-test-server.ts";
import { sendRaw } from "../../../testing/raw-http.ts";
import { StoaError } from "../../errors/stoa-error.ts";

const routes: FastifyPluginAsync = async (app) => {
  const policy = { dialect: "workspaces", access: { scope: "sessions:read" } } as const;
  app.addUpgrade({
    path: "/jobs/:id",
    policy,
    summary: "A job's status",
    queryToken: true,
    publicHandshake: true,
    handler(socket, { principal, params, query }) {
      if (params.id === "404") throw new StoaError("not_found", { message: "No such job." });
      socket.send(JSON.stringify({ who: principal.label, id: params.id, x: query.get("x") }));
      socket.on("message", (data) => socket.send(`echo ${String(data)}`));
    },
  });
  app.addUpgrade({
    path: "/api/stoa/v1/events/socket",
    policy: { dialect: "stoa", access: { scope: "events:read" } },
    summary: "Events",
    maxMessageBytes: 100,
    handler: (socket) => socket.send("hello"),
  });
};
const { app, platform } = await createTestServer({ routes: [routes] });
let port = 0;
beforeAll(async () => {
  await app.listen({ port: 0, host: "127.0.0.1" });
  port = (app.server.address() as AddressInfo).port;
});
afterAll(() => app.close());

const jobs = "/jobs/7/";
const events = "/api/stoa/v1/events/socket";
const ann = { authorization: "Bearer zpat_ann" };

interface Opened {
  readonly socket: WebSocket;
  next(): Promise<string>;
  readonly closed: Promise<{ code: number; reason: string }>;
}

function open(path: string, headers: Record<string, string> = {}): Opened {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
  const waiting: string[] = [];
  const wanted: ((text: string) => void)[] = [];
  socket.on("message", (data) => {
    const want = wanted.shift();
    if (want) want(String(data));
    else waiting.push(String(data));
  });
  socket.on("error", () => {});
  return {
    socket,
    next: async () => waiting.shift() ?? (await new Promise((resolve) => wanted.push(resolve))),
    closed: new Promise((resolve) => socket.on("close", (code, reason) => resolve({ code, reason: String(reason) }))),
  };
}

/** The HTTP answer that a refused handshake gets. */
async function refused(path: string, headers: Record<string, string> = {}): Promise<{ status: number; body: unknown }> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
  return await new Promise((resolve, reject) => {
    socket.on("open", () => reject(new Error("it was let in")));
    socket.on("error", () => {});
    socket.on("unexpected-response", (_req, res) => {
      let text = "";
      res.on("data", (chunk: Buffer) => (text += chunk));
      res.on("end", () => resolve({ status: res.statusCode ?? 0, body: JSON.parse(text) }));
    });
  });
}

describe("a socket is opened", () => {
  it.each<[string, string, Record<string, string>]>([
    ["by header", jobs, ann],
    ["by contract 3's header, without the closing slash", "/jobs/7", { "uws-authorization": "Token uws_ann" }],
    ["by ?token=", "/jobs/7/?token=uws_ann&x=1", {}],
    ["by the cookie from our own page", jobs, { cookie: "stoa_session=cookie_ann", origin: "OWN" }],
    ["by a token from a page elsewhere", "/jobs/7/?token=uws_ann", { origin: "https://portal.example" }],
  ])("%s", async (_how, path, headers) => {
    const own = headers.origin === "OWN" ? { origin: `http://127.0.0.1:${port}` } : {};
    const { socket, next } = open(path, { ...headers, ...own });
    expect(JSON.parse(await next())).toMatchObject({ who: "ann", id: "7" });
    socket.close();
  });

  it("by the first message, and what comes right behind it is not lost", async () => {
    const { socket, next } = open(jobs);
    socket.on("open", () => {
      socket.send('{"token":"uws_ann"}');
      socket.send("behind");
    });
    expect(JSON.parse(await next())).toMatchObject({ who: "ann" });
    expect(await next()).toBe("echo behind");
    socket.close();
  });
});

describe("a socket is refused before its handshake", () => {
  it.each<[string, string, Record<string, string>, number, unknown]>([
    ["without a credential", events, {}, 401, expect.objectContaining({ code: "unauthenticated" })],
    [
      "with a wrong one",
      jobs,
      { authorization: "Bearer wrong" },
      401,
      { success: false, message: "Invalid token provided." },
    ],
    ["with a wrong ?token=", "/jobs/7/?token=wrong", {}, 401, { success: false, message: "Invalid token provided." }],
    ["with ?token= where it may not be", `${events}?token=uws_ann`, {}, 401, expect.anything()],
    [
      "with another contract's",
      events,
      { "uws-authorization": "Token uws_ann" },
      401,
      expect.objectContaining({ code: "wrong_credential" }),
    ],
    ["with two", "/jobs/7/?token=uws_ann", ann, 400, expect.objectContaining({ success: false })],
    [
      "without the scope",
      events,
      { authorization: "Bearer zpat_none" },
      403,
      expect.objectContaining({ code: "forbidden" }),
    ],
    [
      "by the cookie from another page",
      events,
      { cookie: "stoa_session=cookie_ann", origin: "http://s-1.localhost" },
      403,
      expect.objectContaining({ code: "csrf" }),
    ],
    [
      "by the cookie without an origin",
      events,
      { cookie: "stoa_session=cookie_ann" },
      403,
      expect.objectContaining({ code: "csrf" }),
    ],
    [
      "at an unknown host",
      events,
      { ...ann, host: "evil.example" },
      421,
      expect.objectContaining({ code: "host_unknown" }),
    ],
    [
      "at an unknown address",
      "/v1/nothing",
      ann,
      404,
      expect.objectContaining({ message: "There is no socket here." }),
    ],
  ])("%s", async (_what, path, headers, status, body) => {
    expect(await refused(path, headers)).toEqual({ status, body });
  });

  it("when it is no WebSocket handshake at all", async () => {
    const request = `GET ${events} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nAuthorization: Bearer zpat_ann\r\n\r\n`;
    expect(await sendRaw(port, request, { waitMs: 1_000 })).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe("an open socket is closed", () => {
  it("with 4401 when its first message is no good token", async () => {
    for (const message of ['{"token":"wrong"}', "garbage", '{"token":7}']) {
      const { socket, closed } = open(jobs);
      socket.on("open", () => socket.send(message));
      expect((await closed).code).toBe(4401);
    }
  });

  it("with the status of what its handler throws", async () => {
    expect(await open("/jobs/404/", ann).closed).toEqual({ code: 4404, reason: "No such job." });
  });

  it("with 4401 within a second when its credential is revoked", async () => {
    const { next, closed } = open(jobs, ann);
    await next();
    const started = Date.now();
    await platform.revocations.revoke(undefined as never, { credentialId: testPrincipals.zpat_ann.credential.id });
    expect((await closed).code).toBe(4401);
    expect(Date.now() - started).toBeLessThan(1_000);
  });

  it("when a message is larger than allowed", async () => {
    const { socket, next, closed } = open(events, ann);
    await next();
    socket.send("x".repeat(200));
    expect((await closed).code).toBe(1009);
  });
});

it("is counted while it is open", async () => {
  const { socket, next } = open(jobs, ann);
  await next();
  const count = async () =>
    /stoa_websockets_open\{path="\/jobs\/:id"\} (\d+)/.exec(await platform.metrics.metrics())?.[1];
  await expect.poll(count).toBe("1");
  socket.close();
  await expect.poll(count).toBe("0");
});
