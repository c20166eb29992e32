import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { sendRaw } from "../../packages/server/src/testing/raw-http.ts";
import { createTestDatabase, type TestDatabase } from "../../packages/server/src/testing/test-database.ts";
import { accessToken, type PortalClient, send, signIn } from "../support/portal-client.ts";
import { discard, type StoaProcess, startStoa } from "../support/stoa-process.ts";

/** One real server; everything here comes from the network, and none of it was meant well. */
let database: TestDatabase;
let stoa: StoaProcess;
let portal: PortalClient;
let jwt = "";
let slow: Promise<{ answer: string; seconds: number }>[] = [];

const PASSWORD = "correct horse battery";

beforeAll(async () => {
  database = await createTestDatabase();
  // The general limit is tried elsewhere: what is refused here is refused for what it is.
  stoa = await startStoa({ env: { DATABASE_URL: database.url, STOA_REQUESTS_PER_MINUTE: "0" } });
  const port = Number(new URL(stoa.url).port);
  // They take their time, which is spent on the other tests.
  slow = ["localhost", "s-1.localhost"].flatMap((host) => Array.from({ length: 20 }, () => trickle(port, host)));
  for (const username of ["eve", "kay"]) {
    const body = { username, email: `${username}@example.org`, full_name: username, password: PASSWORD };
    expect((await send(`${stoa.url}/api/register`, "POST", body)).status).toBe(201);
  }
  portal = await signIn(stoa.url, "admin", stoa.adminPassword);
  jwt = await accessToken(stoa.url, "admin", stoa.adminPassword);
}, 60_000);

afterAll(async () => {
  if (stoa) await discard(stoa);
  await database.drop();
}, 30_000);

/** A header line that never ends, a byte a second, until the server has had enough. */
async function trickle(port: number, host: string): Promise<{ answer: string; seconds: number }> {
  const started = performance.now();
  const socket = connect(port, "127.0.0.1");
  let answer = "";
  socket.on("data", (chunk) => {
    answer += String(chunk);
  });
  socket.on("error", () => {});
  socket.write(`GET /health HTTP/1.1\r\nHost: ${host}\r\nX-Slow: `);
  const timer = setInterval(() => socket.write("x"), 1_000);
  await new Promise((resolve) => socket.once("close", resolve));
  clearInterval(timer);
  return { answer, seconds: (performance.now() - started) / 1000 };
}

/** The status that a handshake gets; 101 when it is let in. */
function handshake(path: string, headers: Record<string, string>): Promise<number> {
  const socket = new WebSocket(stoa.url.replace("http", "ws") + path, { headers });
  socket.on("error", () => {});
  return new Promise((resolve) => {
    const end = (status: number): void => {
      socket.terminate();
      resolve(status);
    };
    socket.once("open", () => end(101));
    socket.once("unexpected-response", (_req, res) => end(res.statusCode ?? 0));
  });
}

/** Of one process, in user and kernel mode (proc(5), /proc/pid/stat; a tick is a hundredth of a second). */
function processorSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

const places = ["/api/me", "/workspaces/", "/jobs/", "/api/stoa/v1/account", "/passthrough/h/1/"];
const sockets = ["/jobs/1/", "/api/stoa/v1/events/socket", "/api/stoa/v1/sessions/1/terminal"];

describe("an access token", () => {
  const parts = () => jwt.split(".") as [string, string, string];
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const header = () => JSON.parse(Buffer.from(parts()[0], "base64url").toString()) as Record<string, unknown>;
  const claims = () => JSON.parse(Buffer.from(parts()[1], "base64url").toString()) as Record<string, unknown>;

  it("is good as it was given", async () => {
    const authorization = { Authorization: `Bearer ${jwt}` };
    expect((await send(`${stoa.url}/api/me`, "GET", undefined, authorization)).status).toBe(200);
    expect(await handshake("/api/stoa/v1/events/socket", authorization)).toBe(101);
  });

  it.each<[string, () => string]>([
    ["of no algorithm", () => `${encode({ ...header(), alg: "none" })}.${parts()[1]}.`],
    [
      "of no algorithm, with the signature",
      () => `${encode({ ...header(), alg: "none" })}.${parts()[1]}.${parts()[2]}`,
    ],
    ["of another algorithm", () => `${encode({ ...header(), alg: "HS256" })}.${parts()[1]}.${parts()[2]}`],
    ["with a key of its own", () => `${encode({ ...header(), jwk: { kty: "oct", k: "AAAA" } })}.${parts()[1]}.AAAA`],
    ["made to last", () => `${parts()[0]}.${encode({ ...claims(), exp: 9_999_999_999 })}.${parts()[2]}`],
    ["with its signature cut", () => jwt.slice(0, -4)],
    ["without a signature", () => `${parts()[0]}.${parts()[1]}.`],
  ])("%s opens nothing anywhere", async (_what, forge) => {
    const authorization = { Authorization: `Bearer ${forge()}` };
    for (const place of places) {
      expect([place, (await send(stoa.url + place, "GET", undefined, authorization)).status]).toEqual([place, 401]);
    }
    for (const path of sockets) expect([path, await handshake(path, authorization)]).toEqual([path, 401]);
  });

  it("opens nothing once its owner signed out by it, and what it had opened ends", async () => {
    const own = await accessToken(stoa.url, "eve", PASSWORD);
    const authorization = { Authorization: `Bearer ${own}` };
    const address = `${stoa.url.replace("http", "ws")}/api/stoa/v1/events/socket`;
    const socket = new WebSocket(address, { headers: authorization });
    await new Promise((resolve) => socket.once("open", resolve));
    const closed = new Promise((resolve) => socket.once("close", resolve));
    expect((await send(`${stoa.url}/api/stoa/v1/auth/sign-out`, "POST", undefined, authorization)).status).toBe(204);
    expect(await Promise.race([closed, sleep(1_500)])).toBe(4401);
    expect((await send(`${stoa.url}/api/me`, "GET", undefined, authorization)).status).toBe(401);
    expect(await handshake("/api/stoa/v1/events/socket", authorization)).toBe(401);
  });
});

describe("two credentials at once", () => {
  it.each<[string, () => Record<string, string>]>([
    ["a token and the cookie", () => ({ Authorization: `Bearer ${jwt}`, Cookie: portal.cookie, Origin: portal.base })],
    ["two headers", () => ({ Authorization: `Bearer ${jwt}`, "UWS-Authorization": "Token x" })],
    ["a token and a key", () => ({ Authorization: `Bearer ${jwt}`, "X-API-Key": "x" })],
  ])("%s: 400, good ones too", async (_what, headers) => {
    for (const place of places.slice(0, 4)) {
      expect([place, (await send(stoa.url + place, "GET", undefined, headers())).status]).toEqual([place, 400]);
    }
    expect(await handshake("/api/stoa/v1/events/socket", headers())).toBe(400);
  });
});

describe("a Host that is not ours", () => {
  it.each(["evil.example", "localhost.evil.example", "10.1.2.3", "s-1.evil.example"])("%s: 421", async (host) => {
    const headers = { Host: host, Authorization: `Bearer ${jwt}` };
    for (const place of ["/", "/health", ...places]) {
      const answer = await send(stoa.url + place, "GET", undefined, headers);
      expect([place, answer.status], answer.text).toEqual([place, 421]);
      expect(answer.text).not.toContain("admin");
    }
    for (const path of sockets) expect([path, await handshake(path, headers)]).toEqual([path, 421]);
  });
});

describe("another page's call with the cookie", () => {
  const workspaces = async () => (await portal.call("GET", "/workspaces/")).json.data.workspaces.length as number;
  const body = { name: "forged", description: "", workspace_details: {} };

  it.each<[string, () => Record<string, string>]>([
    ["from elsewhere", () => ({ Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" })],
    ["from elsewhere, with the token", () => ({ Origin: "https://evil.example", "X-CSRF-Token": portal.csrf })],
    ["from a session", () => ({ Origin: "http://s-1.localhost", "Sec-Fetch-Site": "same-site" })],
    ["from a page without an origin", () => ({ Origin: "null", "X-CSRF-Token": portal.csrf })],
    ["from a port of ours that is not ours", () => ({ Origin: "http://127.0.0.1:1", "X-CSRF-Token": portal.csrf })],
    ["from our page, without the token", () => ({ Origin: portal.base, "Sec-Fetch-Site": "same-origin" })],
    ["from our page, with another's token", () => ({ Origin: portal.base, "X-CSRF-Token": "x".repeat(43) })],
    ["from nowhere", () => ({})],
  ])("%s changes nothing", async (_what, headers) => {
    const before = await workspaces();
    const cookie = { Cookie: portal.cookie, ...headers() };
    for (const [method, place, input] of [
      ["POST", "/workspaces/", body],
      ["POST", "/api/stoa/v1/auth/sign-out", undefined],
      ["PATCH", "/api/stoa/v1/account", { full_name: "forged" }],
    ] as const) {
      const answer = await send(stoa.url + place, method, input, cookie);
      expect([401, 403], `${method} ${place}: ${answer.status} ${answer.text}`).toContain(answer.status);
      expect(answer.headers.has("access-control-allow-origin")).toBe(false);
    }
    // What a form can send without being asked first.
    const form = await send(`${stoa.url}/workspaces/`, "POST", JSON.stringify(body), {
      ...cookie,
      "Content-Type": "text/plain",
    });
    expect([401, 403]).toContain(form.status);
    expect(await workspaces()).toBe(before);
  });
});

/** Requests that somebody may have to wait behind: ten seconds of a processor, when a sign-in takes a tenth of one. */
const PATIENCE = 10_000;

describe("1,000 wrong passwords", () => {
  /** Processor time of the server and of its connections to the database so far, in seconds. */
  async function taken(): Promise<Map<number, number>> {
    const { rows } = await database.pool.query("select pid from pg_stat_activity where datname = current_database()");
    const pids = [stoa.serverPid(), ...rows.map((row: { pid: number }) => row.pid)];
    return new Map(pids.map((pid) => [pid, processorSeconds(pid)]));
  }

  /**
   * Of a thousand or more, a hundred at a time, and somebody's sign-in behind the first hundred: processor seconds of
   * each, and how many were answered before the sign-in was.
   */
  async function costOf<T>(ask: (n: number) => Promise<T>) {
    const before = await taken();
    const answers: T[] = [];
    let signedIn = false;
    const lanes = Array.from({ length: 100 }, async (_, lane) => {
      // It goes on as long as somebody waits behind it; who never had their turn is found out at the end of patience.
      for (let turn = 0; turn < 10 || (!signedIn && turn < PATIENCE / 100); turn++) {
        answers.push(await ask(lane * 10 + turn));
      }
    });
    const signIn = accessToken(stoa.url, "kay", PASSWORD).then(() => {
      signedIn = true;
      return answers.length;
    });
    const [answeredBefore] = await Promise.all([signIn, ...lanes]);
    const after = await taken();
    const seconds = [...after].reduce((sum, [pid, now]) => sum + now - (before.get(pid) ?? 0), 0);
    return { each: seconds / answers.length, answers, answeredBefore };
  }

  async function compared<T>(free: () => Promise<unknown>, ask: (n: number) => Promise<T>) {
    const { each: usual } = await costOf(free);
    const { each, answers, answeredBefore } = await costOf(ask);
    return { ratio: each / usual, answers, answeredBefore };
  }

  it("are refused, and others sign in meanwhile, also from the same address", async () => {
    const guess = async (n: number) => {
      const form = new URLSearchParams({ username: "eve", password: `guess ${n}` });
      return (await send(`${stoa.url}/api/token`, "POST", form)).status;
    };
    // What others wait for is what a flood takes of the processors: theirs are the same ones. It is judged by what as
    // many questions take that cost nothing, each with a sign-in among them, and in processor time: how busy the
    // machine is otherwise, and how long everything lasts there, makes no difference. With the ten hashes they take 1.4
    // times as much; they would three times, were the database asked about each, and fifty times with a hash for each.
    const question = () => send(`${stoa.url}/health`, "GET");
    await costOf(question);
    const started = performance.now();
    const [first, second] = [await compared(question, guess), await compared(question, guess)];
    expect(Math.min(first.ratio, second.ratio)).toBeLessThan(2.2);
    // Nobody has to wait until the flood is over.
    for (const { answers, answeredBefore } of [first, second]) {
      expect(answers.length).toBeGreaterThanOrEqual(1_000);
      expect(answeredBefore).toBeLessThan(PATIENCE);
    }
    const statuses = [...first.answers, ...second.answers];
    expect(statuses.filter((status) => status !== 401 && status !== 429)).toEqual([]);
    // Ten at once, and one more in each half minute.
    const most = 11 + (performance.now() - started) / 30_000;
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(most);
  }, 60_000);
});

describe("a request within a request", () => {
  it.each([
    ["both lengths", "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n"],
    ["two lengths", "Content-Length: 0\r\nContent-Length: 44\r\n"],
    ["a length with a sign", "Content-Length: +5\r\n"],
    ["an encoding that is none", "Transfer-Encoding: chunked, chunked\r\n"],
    ["a space before the colon", "Transfer-Encoding : chunked\r\n"],
  ])("%s: refused, and the one inside is never answered", async (_what, lengths) => {
    for (const host of ["localhost", "s-1.localhost"]) {
      const head = `POST /workspaces/ HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${jwt}\r\n${lengths}\r\n`;
      const inner = `0\r\n\r\nGET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
      const answer = await sendRaw(Number(new URL(stoa.url).port), head + inner, { waitMs: 2_000 });
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
      expect(answer).not.toContain("healthy");
    }
  });
});

describe("headers that come a byte a second", () => {
  it("are cut off, on sessions' origins too, and keep nobody waiting meanwhile", async () => {
    const started = performance.now();
    expect((await send(`${stoa.url}/health`, "GET")).status).toBe(200);
    expect(performance.now() - started).toBeLessThan(2_000);
    const ends = await Promise.all(slow);
    expect(ends).toHaveLength(40);
    for (const { answer, seconds } of ends) {
      expect(answer).toMatch(/^HTTP\/1\.1 408 /);
      expect(seconds).toBeLessThan(25);
    }
  }, 40_000);
});
