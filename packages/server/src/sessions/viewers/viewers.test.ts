import { once } from "node:events";
import { request } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { LOOK_ONLY } from "../host/tty-protocol.ts";
import type { JobType } from "../job-types/contract.ts";
import { createGround, type Ground } from "../test-ground.ts";
import { startSessions, type TestSessions, type TestSocket } from "../test-sessions-server.ts";

const ECHO = `require("node:http").createServer((req, res) => {
  res.writeHead(200); res.write("of the program");
  if (req.url !== "/stays") res.end();
}).on("upgrade", (req, socket) => {
  const key = req.headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  const accept = require("node:crypto").createHash("sha1").update(key).digest("base64");
  socket.write("HTTP/1.1 101 x\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Accept: " + accept + "\\r\\n\\r\\n");
  socket.on("error", () => {});
}).listen(process.env.STOA_SESSION_SOCKET);`;

const web: JobType = {
  id: "test_web",
  name: "Test web",
  icon: "flask",
  parameters: [],
  program: "plain",
  web: "program",
  readiness: "listening",
  protection: "unix-socket",
  fails: "on-error-status",
  command: () => [process.execPath, "-e", ECHO],
};
const silent: JobType = { ...web, id: "silent", web: "none", readiness: "started" };

let ground: Ground;
let stoa: TestSessions;
/** The same database and data directory, with another setting. */
let acting: TestSessions;

const types = { extraJobTypes: [web, silent], localIsolation: "none" } as const;
const ANN = 2;
const viewers = (jobId: number) => `/api/stoa/v1/sessions/${jobId}/viewers`;
const invite = (at: TestSessions, jobId: number, body: object = {}) =>
  at.call("POST", viewers(jobId), { body: { account_id: ANN, ...body } });
const isOver = (socket: TestSocket) => socket.closed() !== null;

beforeAll(async () => {
  ground = await createGround();
  stoa = await startSessions(ground, types);
  acting = await startSessions(ground, { ...types, nodeId: "node-b", sessions: { sharing: "act" } });
});
afterAll(async () => {
  await acting.stop();
  await stoa.stop();
  await ground.clear();
});

async function running(at: TestSessions, type: string): Promise<number> {
  const { jobId } = await at.begin(type);
  await at.until(jobId, "running");
  return jobId;
}

async function until(check: () => boolean | Promise<boolean>, withinMs: number): Promise<number> {
  const begun = Date.now();
  while (!(await check())) {
    if (Date.now() - begun > withinMs) throw new Error(`not within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return Date.now() - begun;
}

/** As a browser that goes there. */
function visit(at: TestSessions, origin: string, path: string, headers: Record<string, string> = {}) {
  return request(at.base + path, { headers: { ...headers, host: new URL(origin).host } });
}

/** Opens a session's origin with a ticket. */
async function redeem(at: TestSessions, link: string): Promise<{ origin: string; cookie: string }> {
  const { origin, pathname, search } = new URL(link);
  const opened = await visit(at, origin, pathname + search);
  expect(opened.statusCode).toBe(303);
  return { origin, cookie: String(opened.headers["set-cookie"]).split(";")[0] ?? "" };
}

describe("a terminal that is shared", () => {
  it("is looked at by whom its owner names, who changes nothing in it", async () => {
    const jobId = await running(stoa, "terminal");
    const owner = stoa.terminal(jobId);
    owner.send(JSON.stringify({ type: "resize", cols: 120, rows: 40 }));
    owner.type("echo from-the-$((40+2))\n");
    await owner.until("from-the-42");

    // Before: nothing is there for her.
    const early = stoa.terminal(jobId, "zpat_ann");
    await until(() => isOver(early), 3000);
    expect(early.text()).toBe("");
    expect((await stoa.call("GET", "/api/stoa/v1/shared-sessions", { as: "ann" })).body.items).toEqual([]);

    const made = await invite(stoa, jobId);
    expect([made.status, made.body]).toMatchObject([201, { account: { id: ANN, username: "ann" }, may_act: false }]);
    expect((await invite(stoa, jobId)).status).toBe(200);

    const guest = stoa.terminal(jobId, "zpat_ann");
    await guest.until("from-the-42");
    guest.type("touch typed-by-the-guest; echo guest-$((1+1))\n");
    guest.send(JSON.stringify({ type: "resize", cols: 10, rows: 5 }));
    guest.send(JSON.stringify({ type: "ping" }));
    await until(() => guest.frames.some((frame) => frame.type === "pong"), 3000);
    owner.type("ls; stty size; echo own-$((3+4))\n");
    await owner.until("own-7");
    await guest.until("own-7");
    expect(owner.text()).toContain("40 120");
    expect(owner.text()).not.toContain("typed-by-the-guest");
    expect(owner.text()).not.toContain("guest-2");

    // What else is the owner's stays the owner's.
    const at = `/api/stoa/v1/sessions/${jobId}`;
    for (const [method, path] of [
      ["GET", at],
      ["GET", `${at}/log`],
      ["GET", `${at}/viewers`],
      ["POST", `${at}/ticket`],
      ["POST", `${at}/stop`],
      ["POST", `${at}/keep`],
    ] as const) {
      expect([path, (await stoa.call(method, path, { as: "ann" })).status]).toEqual([path, 404]);
    }
    expect((await stoa.call("POST", viewers(jobId), { as: "ann", body: { account_id: 1 } })).status).toBe(404);
    const [seen] = (await stoa.call("GET", "/api/stoa/v1/shared-sessions", { as: "ann" })).body.items;
    expect(seen).toMatchObject({ id: jobId, owner: { username: "boss" }, has_terminal: true, may_act: false });
    for (const kept of ["steps", "resource", "core_hours", "owner_id", "means"]) expect(seen).not.toHaveProperty(kept);

    // Taken back: what is open ends within a second, and nothing opens any more.
    expect((await stoa.call("DELETE", `${viewers(jobId)}/${ANN}`)).status).toBe(204);
    expect(await until(() => isOver(guest), 1000)).toBeLessThan(1000);
    expect(guest.closed()).toMatchObject({ code: 4403 });
    const late = stoa.terminal(jobId, "zpat_ann");
    await until(() => isOver(late), 3000);
    expect(late.text()).toBe("");
    expect((await stoa.call("DELETE", `${viewers(jobId)}/${ANN}`)).status).toBe(404);
    owner.socket.close();
  });

  it("takes nothing from who only looks at the session's host either, whoever lets them there", async () => {
    const jobId = await running(stoa, "terminal");
    const target = await stoa.sessions.targets.find(jobId);
    if (!target?.connect || !("socketPath" in target.connect)) throw new Error("it listens nowhere");
    const at = `ws+unix:${target.connect.socketPath}:/tty`;
    const [looks, types] = [new WebSocket(`${at}?${LOOK_ONLY}`), new WebSocket(at)];
    await Promise.all([looks, types].map((socket) => once(socket, "open")));
    let seen = "";
    types.on("message", (data, binary) => {
      if (binary) seen += String(data);
    });
    looks.send(Buffer.from("echo looked-$((1+1))\n"));
    looks.send(JSON.stringify({ type: "resize", cols: 33, rows: 11 }));
    looks.send(JSON.stringify({ type: "ping" }));
    await once(looks, "message");
    types.send(JSON.stringify({ type: "resize", cols: 99, rows: 30 }));
    types.send(Buffer.from("stty size; echo typed-$((1+1))\n"));
    await until(() => seen.includes("typed-2"), 5000);
    expect(seen).not.toContain("looked-");
    expect(seen).toContain("30 99");
    for (const socket of [looks, types]) socket.terminate();
  });

  it("is left by who looks, and by nobody for anybody else", async () => {
    const jobId = await running(stoa, "terminal");
    expect((await stoa.call("DELETE", `${viewers(jobId)}/${ANN}`, { as: "ann" })).status).toBe(404);
    await invite(stoa, jobId);
    expect((await stoa.call("DELETE", `${viewers(jobId)}/1`, { as: "ann" })).status).toBe(404);
    expect((await stoa.call("DELETE", `${viewers(jobId)}/${ANN}`, { as: "ann" })).status).toBe(204);
    expect((await stoa.call("GET", viewers(jobId))).body.items).toEqual([]);
  });

  it("ends for those who look as soon as it is to end, or its owner is put out", async () => {
    for (const end of ["stop", "deactivate"] as const) {
      const jobId = await running(stoa, "terminal");
      await invite(stoa, jobId);
      const guest = stoa.terminal(jobId, "zpat_ann");
      stoa.terminal(jobId).type("echo up-$((1+1))\n");
      await guest.until("up-2");
      if (end === "stop") await stoa.call("POST", `/api/stoa/v1/sessions/${jobId}/stop`);
      else {
        await ground.database.pool.query("update accounts set status = 'deactivated' where id = 1");
        await stoa.platform.db.transaction().execute((trx) => stoa.platform.revocations.revoke(trx, { accountId: 1 }));
      }
      await until(() => isOver(guest), 1000);
      await ground.database.pool.query("update accounts set status = 'active' where id = 1");
      expect((await invite(stoa, jobId)).status).toBe(end === "stop" ? 409 : 200);
    }
  });
});

describe("a program that is shared", () => {
  it("is shared only where the operator and its owner say that others may act", async () => {
    const jobId = await running(stoa, "test_web");
    const refused = await invite(stoa, jobId, { may_act: true });
    expect([refused.status, refused.body.detail]).toEqual([409, expect.stringContaining("STOA_SESSION_SHARING")]);
    const there = await running(acting, "test_web");
    const plain = await invite(acting, there);
    expect([plain.status, plain.body.detail]).toEqual([409, expect.stringContaining("acts as you")]);
    const terminal = await running(acting, "terminal");
    expect((await invite(acting, terminal, { may_act: true })).status).toBe(409);
    expect((await invite(acting, await running(acting, "silent"))).status).toBe(409);
  });

  it("is used by whom its owner lets act, until it is taken back", async () => {
    const jobId = await running(acting, "test_web");
    const at = `${acting.base}/passthrough/x/${jobId}`;
    const headers = { Authorization: "Bearer zpat_ann" };
    const get = (path: string) => fetch(at + path, { headers });
    await expect
      .poll(async () => (await fetch(at, { headers: { Authorization: "Bearer zpat_boss" } })).status)
      .toBe(200);
    expect((await get("/")).status).toBe(404);
    expect((await invite(acting, jobId, { may_act: true })).status).toBe(201);
    await expect.poll(async () => (await get("/")).status, { timeout: 2000 }).toBe(200);
    const stays = await get("/stays");
    const reader = stays.body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe("of the program");
    const ticket = await acting.call("POST", `/api/stoa/v1/sessions/${jobId}/ticket`, { as: "ann" });
    expect(ticket.status).toBe(200);

    await acting.call("DELETE", `${viewers(jobId)}/${ANN}`);
    const begun = Date.now();
    await expect(reader?.read()).rejects.toThrow();
    expect(Date.now() - begun).toBeLessThan(1000);
    expect((await get("/")).status).toBe(404);
    expect((await acting.call("POST", `/api/stoa/v1/sessions/${jobId}/ticket`, { as: "ann" })).status).toBe(404);
    // The ticket from before leads to no session either.
    const { origin, cookie } = await redeem(acting, ticket.body.url as string);
    expect((await visit(acting, origin, "/", { cookie })).statusCode).toBe(404);
  });
});

describe("a WebSocket of a guest's at a program", () => {
  const ends: Readonly<Record<string, (jobId: number) => Promise<unknown>>> = {
    "taken back": (jobId) => acting.call("DELETE", `${viewers(jobId)}/${ANN}`),
    left: (jobId) => acting.call("DELETE", `${viewers(jobId)}/${ANN}`, { as: "ann" }),
    "their account's end": () =>
      acting.platform.db.transaction().execute((trx) => acting.platform.revocations.revoke(trx, { accountId: ANN })),
  };

  it.each(Object.keys(ends))("is cut by %s, by whichever way it came, and the owner's is not", async (what) => {
    const jobId = await running(acting, "test_web");
    await expect.poll(async () => (await invite(acting, jobId, { may_act: true })).status).toBeLessThan(300);
    const ticket = await acting.call("POST", `/api/stoa/v1/sessions/${jobId}/ticket`, { as: "ann" });
    const { origin, cookie } = await redeem(acting, ticket.body.url as string);
    await expect.poll(async () => (await visit(acting, origin, "/", { cookie })).statusCode).toBe(200);
    const path = `/passthrough/x/${jobId}/socket`;
    const sockets = [
      acting.socket("/socket", { Host: new URL(origin).host, Origin: origin, Cookie: cookie }),
      acting.socket(path, { Authorization: "Bearer zpat_ann" }),
    ];
    const owners = acting.socket(path, { Authorization: "Bearer zpat_boss" });
    await Promise.all([...sockets, owners].map(({ socket }) => once(socket, "open")));
    await ends[what]?.(jobId);
    await until(() => sockets.every(isOver), 3_000);
    expect(sockets.map((socket) => socket.closed()?.code)).toEqual([1006, 1006]);
    expect(isOver(owners)).toBe(false);
    owners.socket.terminate();
  });
});

describe("an invitation", () => {
  it("goes to nobody whom the directory does not show, nor to oneself, nor to who is not there", async () => {
    const jobId = await running(stoa, "terminal");
    await ground.database.pool.query("update accounts set status = 'deactivated' where id = 2");
    expect((await invite(stoa, jobId)).status).toBe(404);
    await ground.database.pool.query("update accounts set status = 'active' where id = 2");
    expect((await invite(stoa, jobId, { account_id: 1 })).status).toBe(404);
    expect((await invite(stoa, jobId, { account_id: 999 })).status).toBe(404);
    for (const body of [{ account_id: 0 }, { account_id: "x" }, { account_id: 2.5 }, { may_act: "yes" }, { more: 1 }]) {
      expect([body, (await invite(stoa, jobId, body)).status]).toEqual([body, 400]);
    }
  });

  it("tells who looks of the session's changes until its end, and nobody else, and nothing of the rest", async () => {
    const jobId = await running(stoa, "terminal");
    await invite(stoa, jobId);
    const told: unknown[] = [];
    const stop = stoa.platform.events.subscribe({ types: ["session.shared"] }, (event) => {
      const isOurs = event.subject.id === String(jobId) && event.data.change !== "invited";
      if (isOurs) told.push([event.audience, event.data]);
    });
    const shared = async () => (await stoa.call("GET", `/api/stoa/v1/shared-sessions/${jobId}`, { as: "ann" })).status;
    expect(await shared()).toBe(200);
    await stoa.call("POST", `/api/stoa/v1/sessions/${jobId}/stop`);
    await expect.poll(shared, { timeout: 10_000 }).toBe(404);
    // That it is to end, and that it has.
    await until(() => told.length >= 2, 3000);
    stop();
    expect(told).toEqual(told.map(() => [[ANN], { change: "status" }]));
  });

  it("is told to who is invited and written down", async () => {
    const jobId = await running(stoa, "terminal");
    const told: string[] = [];
    const stop = stoa.platform.events.subscribe({ types: ["session.shared"] }, (event) => {
      if (event.subject.id === String(jobId)) told.push(`${event.data.change} ${event.audience}`);
    });
    await invite(stoa, jobId);
    await stoa.call("DELETE", `${viewers(jobId)}/${ANN}`);
    await until(() => told.length === 2, 3000);
    stop();
    expect(told).toEqual(["invited 2", "removed 2"]);
    const { rows } = await ground.database.pool.query(
      "select action, about from audit_entries where subject_kind = 'session' and subject_id = $1 and action like 'session.%share' order by id",
      [String(jobId)],
    );
    expect(rows.map((row: { action: string }) => row.action)).toEqual(["session.share", "session.unshare"]);
  });
});
