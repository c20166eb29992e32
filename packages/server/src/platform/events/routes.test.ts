import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import pino from "pino";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { createTestAuthenticator, createTestServer, testPrincipal } from "../../testing/create-test-server.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { createTestPlatform } from "../../testing/test-platform.ts";
import { createRevocationBus } from "../http/revocation-bus.ts";
import type { Revoked } from "../http/revocations.ts";
import type { NewEvent, StoredEvent } from "./contract.ts";
import { createEvents, type EventsService } from "./events.ts";
import { createLiveStreams, type Sink } from "./live-stream.ts";
import { startNewEpoch } from "./retention.ts";
import { eventRoutes } from "./routes.ts";
import { createSseStream } from "./sse.ts";

const log = pino({ level: "silent" });
const principals = Object.fromEntries(
  [
    testPrincipal({ accountId: 1, label: "admin", isAdmin: true }),
    testPrincipal({ accountId: 2, label: "ann" }),
    testPrincipal({ accountId: 3, label: "bob" }),
    testPrincipal({ accountId: 4, label: "eve" }),
    testPrincipal({ accountId: 5, label: "none", scopes: new Set() }),
  ].map((principal) => {
    const credential = { kind: "pat", id: principal.label, expiresAt: null } as const;
    return [`zpat_${principal.label}`, { ...principal, credential }];
  }),
);

let database: TestDatabase;
/** Two servers: what one publishes, the other's streams carry. */
let servers: { app: FastifyInstance; events: EventsService; port: number; stop(): Promise<void> }[];

async function startServer() {
  const events = createEvents({ db: database.db, directUrl: database.url, log });
  await events.start();
  const revocations = createRevocationBus(events, log);
  const platform = createTestPlatform({ db: database.db, events, revocations });
  const authenticator = createTestAuthenticator(principals);
  const { app } = await createTestServer({ routes: [eventRoutes(platform)], platform, authenticator });
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as AddressInfo;
  const stop = async () => {
    const closing = app.close();
    // The client opens new connections in place of those it left, and closing waits for their first request.
    app.server.closeAllConnections();
    await closing;
    revocations.stop();
    await events.stop();
  };
  return { app, events, revocations, port, stop };
}

beforeAll(async () => {
  database = await createTestDatabase();
  servers = await Promise.all([startServer(), startServer()]);
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await database.drop();
});

const event = (name: string, rest: Partial<NewEvent> = {}): NewEvent => ({
  type: "test.event",
  subject: { kind: "test", id: name },
  audience: "everyone",
  data: { name },
  ...rest,
});
const publish = (...all: NewEvent[]) =>
  database.db.transaction().execute(async (trx) => servers[0]?.events.publishAll(trx, all));
const revoke = (what: Revoked) =>
  publish(event("gone", { type: "credential.revoked", audience: "internal", data: what }));

interface Message {
  readonly event?: string;
  readonly id?: string;
  readonly data?: string;
}

/** A client that reads server-sent events from the second server. */
async function listen(who: string, query = "", headers: Record<string, string> = {}) {
  const leaving = new AbortController();
  const answer = await fetch(`http://127.0.0.1:${servers[1]?.port}/api/stoa/v1/events${query}`, {
    headers: { authorization: `Bearer zpat_${who}`, ...headers },
    signal: leaving.signal,
  });
  const messages: Message[] = [];
  const closed = (async () => {
    let text = "";
    for await (const chunk of (answer.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
      const parts = (text + chunk).split("\n\n");
      text = parts.pop() ?? "";
      for (const part of parts) {
        const fields = part.split("\n").filter((line) => !line.startsWith(":"));
        messages.push(Object.fromEntries(fields.map((line) => /^(\w+): ?(.*)$/.exec(line)?.slice(1, 3) ?? ["", ""])));
      }
    }
  })().catch(() => undefined);
  const named = () => messages.filter((message) => message.event !== undefined);
  return {
    answer,
    messages,
    named,
    closed,
    leave: () => leaving.abort(),
    names: () => named().map((message) => JSON.parse(message.data ?? "{}").subject?.id),
  };
}

describe("server-sent events", () => {
  test("reach who may see them, from another process, without saying who else may", async () => {
    const [ann, bob, admin] = await Promise.all(["ann", "bob", "admin"].map((who) => listen(who)));
    await publish(
      event("anns", { audience: [2, 9] }),
      event("everyones"),
      event("admins", { audience: [] }),
      event("internal", { audience: "internal" }),
    );
    await vi.waitFor(() => expect(admin?.names()).toEqual(["anns", "everyones", "admins"]));
    expect(ann?.names()).toEqual(["anns", "everyones"]);
    expect(bob?.names()).toEqual(["everyones"]);
    expect(ann?.answer.headers.get("content-type")).toContain("text/event-stream");
    const [message] = ann?.named() ?? [];
    const data = JSON.parse(message?.data ?? "");
    expect(message).toMatchObject({ event: "test.event", id: data.cursor });
    expect(data).toEqual({
      cursor: expect.any(String),
      type: "test.event",
      subject: { kind: "test", id: "anns" },
      data: { name: "anns" },
      at: expect.stringMatching(/Z$/),
    });
  });

  test("go on from Last-Event-ID without a gap, by type if wanted", async () => {
    const first = await listen("ann");
    await vi.waitFor(() => expect(first.messages[0]?.id).toBeTruthy());
    const cursor = first.messages[0]?.id ?? "";
    await publish(event("one"), event("two", { type: "test.other" }), event("three"));
    const again = await listen("ann", "", { "last-event-id": cursor });
    const typed = await listen("ann", `?types=test.other,test.none&after=${cursor}`);
    await publish(event("four"));
    await vi.waitFor(() => expect(again.names()).toEqual(["one", "two", "three", "four"]));
    expect(typed.names()).toEqual(["two"]);
  });

  test("say when the cursor is gone, and forget it", async () => {
    const stale = await listen("ann", "?after=elsewhere.5");
    await stale.closed;
    expect(stale.named()).toMatchObject([{ event: "reset", id: "" }]);
    const injected = await listen("ann", `?after=${encodeURIComponent("x\nevent: forged")}`);
    await injected.closed;
    expect(injected.named().map((message) => message.event)).toEqual(["reset"]);
  });

  test("end within a second of a revocation, of a credential or an account", async () => {
    const [bob, eve, ann] = await Promise.all(["bob", "eve", "ann"].map((who) => listen(who)));
    await revoke({ credentialId: "bob" });
    await revoke({ accountId: 4 });
    const late = Promise.race([Promise.all([bob?.closed, eve?.closed]), delay(1_000, "late")]);
    expect(await late).not.toBe("late");
    expect(bob?.named().at(-1)).toMatchObject({ event: "revoked" });
    await publish(event("after"));
    await vi.waitFor(() => expect(ann?.names()).toEqual(["after"]));
  });

  test("need a scope", async () => {
    expect((await listen("none")).answer.status).toBe(403);
    expect((await listen("nobody")).answer.status).toBe(401);
  });

  test("are not without end for one account", async () => {
    const all = await Promise.all(Array.from({ length: 101 }, () => listen("admin")));
    expect(all.filter(({ answer }) => answer.status === 429).length).toBeGreaterThan(0);
    for (const each of all) each.leave();
    await vi.waitFor(async () => expect((await listen("admin")).answer.status).toBe(200));
  });
});

describe("the WebSocket", () => {
  const open = (who: string, query = "") => {
    const socket = new WebSocket(`ws://127.0.0.1:${servers[1]?.port}/api/stoa/v1/events/socket${query}`, {
      headers: { authorization: `Bearer zpat_${who}` },
    });
    const frames: Record<string, unknown>[] = [];
    socket.on("message", (data) => frames.push(JSON.parse(String(data))));
    socket.on("error", () => undefined);
    const closed = new Promise<number>((resolve) => socket.on("close", resolve));
    return { socket, frames, closed };
  };

  test("carries the same, and resumes", async () => {
    const ann = open("ann");
    await vi.waitFor(() => expect(ann.frames[0]).toMatchObject({ type: "alive", cursor: expect.any(String) }));
    await publish(event("framed", { audience: [2] }), event("hidden", { audience: [3] }));
    await vi.waitFor(() => expect(ann.frames).toHaveLength(2));
    expect(ann.frames[1]).toMatchObject({ type: "test.event", subject: { id: "framed" }, data: { name: "framed" } });
    expect(ann.frames[1]).not.toHaveProperty("audience");
    const again = open("ann", `?after=${String(ann.frames[0]?.cursor)}`);
    await vi.waitFor(() => expect(again.frames[1]).toMatchObject({ subject: { id: "framed" } }));
    ann.socket.close();
    again.socket.close();
  });

  test("closes with a code that says why", async () => {
    const stale = open("ann", "?after=nonsense");
    expect(await stale.closed).toBe(4410);
    expect(stale.frames.at(-1)).toMatchObject({ type: "reset" });
    const ann = open("ann");
    await vi.waitFor(() => expect(ann.frames).toHaveLength(1));
    await revoke({ accountId: 2 });
    expect(await Promise.race([ann.closed, delay(1_000, "late")])).toBe(4401);
  });
});

describe("one reader", () => {
  const fake = (unsent = 0) => {
    const told: string[] = [];
    const sink: Sink = {
      event: (each: StoredEvent) => told.push(each.subject.id),
      alive: (cursor) => told.push(`alive ${cursor}`),
      end: (reason) => told.push(reason),
      unsent,
    };
    return { told, sink };
  };

  test("that does not read is closed with the hint; the others go on", async () => {
    const events = servers[0]?.events as EventsService;
    const streams = createLiveStreams(events, createTestPlatform().revocations, {
      mostUnsentBytes: 10,
      heartbeatMs: 20,
    });
    const slow = fake(11);
    const quick = fake();
    const principal = testPrincipal();
    await streams.open({ principal, after: null, types: null }, () => slow.sink);
    const close = await streams.open({ principal, after: null, types: null }, () => quick.sink);
    await publish(event("much"));
    await vi.waitFor(() => expect(slow.told).toContain("slow"));
    await vi.waitFor(() => expect(quick.told.some((text) => text.startsWith("alive"))).toBe(true));
    expect(quick.told).toContain("much");
    expect(streams.countOf(principal)).toBe(1);
    close();
    expect(streams.countOf(principal)).toBe(0);
  });

  test("what waits to be read is counted", () => {
    const { readable, begin } = createSseStream();
    const sink = begin("e.1");
    const before = sink.unsent;
    sink.alive("e.22");
    expect(sink.unsent - before).toBe(": alive\nid: e.22\n\n".length);
    readable.destroy();
  });
});

test("all streams are told when the database goes back in time", async () => {
  const ann = await listen("admin");
  await vi.waitFor(() => expect(ann.messages).toHaveLength(1));
  await startNewEpoch(database.db);
  await ann.closed;
  expect(ann.named().at(-1)?.event).toBe("reset");
});
