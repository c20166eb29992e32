import { createHash, randomBytes } from "node:crypto";
import { type EventEmitter, once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { request } from "undici";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { createAddresses } from "../packages/server/src/platform/http/addresses.ts";
import { createSecretBox } from "../packages/server/src/platform/secrets/secret-box.ts";
import { createTickets } from "../packages/server/src/sessions/passthrough/tickets.ts";
import { type OpenSession, openSession } from "./support/open-session.ts";
import { accessToken, type PortalClient, send, signIn } from "./support/portal-client.ts";
import { discard, type StoaProcess, startStoa } from "./support/stoa-process.ts";

let stoa: StoaProcess;
let admin: PortalClient;
let session: OpenSession;
let base: string;

beforeAll(async () => {
  stoa = await startStoa({ main: join(import.meta.dirname, "support/stoa-with-programs.ts") });
  admin = await signIn(stoa.url, "admin", stoa.adminPassword);
  session = await openSession(admin, "test_web");
  base = session.url.slice(0, -1);
}, 60_000);

afterAll(() => stoa && discard(stoa), 30_000);

const get = (path: string, headers: Record<string, string> = {}) =>
  send(base + path, "GET", undefined, { ...session.headers, ...headers });

/** Opens a WebSocket; resolves with it, or with the status that refused it. */
function openWebSocket(url: string, headers: Record<string, string>): Promise<WebSocket | number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { headers });
    socket.once("open", () => resolve(socket));
    socket.once("unexpected-response", (_req, res) => {
      resolve(res.statusCode ?? 0);
      socket.terminate();
    });
    socket.once("error", reject);
  });
}

async function ticketLink(client = admin): Promise<URL> {
  const answer = await client.call("POST", `/api/stoa/v1/sessions/${session.jobId}/ticket`);
  expect(answer.status, answer.text).toBe(200);
  return new URL(answer.json.url);
}

describe("a session's own origin", () => {
  it("shows the session's page to who redeemed a ticket, and to nobody else", async () => {
    expect((await get("/")).text).toContain("the session's own page");
    const stranger = await send(`${base}/`, "GET", undefined, { Host: session.headers.Host as string });
    expect(stranger.status).toBe(401);
    expect(stranger.text).not.toContain("own page");
  });

  it("takes a ticket once", async () => {
    const link = await ticketLink();
    const open = () => send(base + link.pathname + link.search, "GET", undefined, { Host: link.host });
    expect((await open()).status).toBe(303);
    expect((await open()).status).toBe(410);
  });

  it("takes a ticket once, however many come with it at once", async () => {
    const link = await ticketLink();
    const open = () => send(base + link.pathname + link.search, "GET", undefined, { Host: link.host });
    const statuses = (await Promise.all(Array.from({ length: 12 }, open))).map(({ status }) => status);
    expect(statuses.sort()).toEqual([303, ...Array.from({ length: 11 }, () => 410)]);
  });

  it("takes its cookie for itself alone, and only once", async () => {
    const otherHost = (session.headers.Host as string).replace(/^s-\d+/, `s-${session.jobId + 1}`);
    expect((await get("/headers", { Host: otherHost })).status).toBe(401);
    const twice = `${session.headers.Cookie}; ${session.headers.Cookie}`;
    expect((await get("/headers", { Cookie: twice })).status).toBe(401);
    const changed = session.headers.Cookie?.replace(/.$/, (last) => (last === "A" ? "B" : "A")) as string;
    expect((await get("/headers", { Cookie: changed })).status).toBe(401);
  });

  it("takes no ticket that was changed or is another session's", async () => {
    const link = await ticketLink();
    const changed = link.search.replace(/ticket=(.)/, (_, first) => `ticket=${first === "e" ? "f" : "e"}`);
    expect((await send(base + link.pathname + changed, "GET", undefined, { Host: link.host })).status).toBe(410);
    const otherHost = link.host.replace(`s-${session.jobId}.`, `s-${session.jobId + 1}.`);
    expect((await send(base + link.pathname + link.search, "GET", undefined, { Host: otherHost })).status).toBe(410);
  });

  it("leads nowhere else after redeeming", async () => {
    const wrong = [
      "//evil.example",
      "/\\evil.example",
      "https://evil.example",
      "/a\r\nX: y",
      "/.stoa/open?ticket=x",
      "lab",
    ];
    for (const [to, location] of [...wrong.map((one) => [one, "/"] as const), ["/lab?x=//y", "/lab?x=//y"] as const]) {
      const link = await ticketLink();
      link.searchParams.set("to", to);
      const answer = await send(base + link.pathname + link.search, "GET", undefined, { Host: link.host });
      expect([to, answer.status, answer.headers.get("location")]).toEqual([to, 303, location]);
    }
  });

  it("hands the program nothing of ours", async () => {
    const cookie = `${session.headers.Cookie}; own=1; stoa_session=secret`;
    const seen = (
      await get("/headers?x=1", { Cookie: cookie, "X-Forwarded-For": "6.6.6.6", Authorization: "token own" })
    ).json;
    expect(seen.headers.cookie).toBe("own=1");
    expect(seen.headers.authorization).toBe("token own");
    expect(seen.headers["x-forwarded-for"]).toBe("127.0.0.1");
    expect(seen.url).toBe("/headers?x=1");
  });

  it("keeps the program's cookies on its own host, and ours out of its hands", async () => {
    const answer = await get("/cookies");
    expect(answer.headers.getSetCookie()).toEqual(["own=1; Path=/"]);
    expect(answer.headers.has("service-worker-allowed")).toBe(false);
  });

  it("refuses another session's page", async () => {
    const other = session.origin.replace(/s-\d+/, "s-999");
    const answer = await send(`${base}/echo`, "POST", "x", { ...session.headers, Origin: other });
    expect(answer.status).toBe(403);
    expect(await openWebSocket(session.webSocketUrl, { ...session.headers, Origin: other })).toBe(403);
  });

  it("refuses a WebSocket without the cookie", async () => {
    const { Host } = session.headers;
    expect(await openWebSocket(session.webSocketUrl, { Host: Host as string, Origin: session.origin })).toBe(401);
  });

  it("carries WebSockets, text and binary", async () => {
    const socket = await openWebSocket(session.webSocketUrl, { ...session.headers, Origin: session.origin });
    if (typeof socket === "number") throw new Error(`refused with ${socket}`);
    const answers: [string, boolean][] = [];
    socket.on("message", (data, binary) => answers.push([data.toString("hex" as never), binary]));
    socket.send("متن");
    socket.send(Buffer.from([0, 255, 1]));
    await expect.poll(() => answers.length).toBe(2);
    expect(answers[0]?.[1]).toBe(false);
    expect(answers[1]?.[1]).toBe(true);
    socket.terminate();
  });

  it("streams 20 MB both ways, unchanged", async () => {
    const body = randomBytes(20_000_000);
    const answer = await request(`${base}/echo`, {
      method: "POST",
      body,
      headers: { ...session.headers, Origin: session.origin },
    });
    const back = Buffer.from(await answer.body.arrayBuffer());
    expect(createHash("sha256").update(back).digest("hex")).toBe(createHash("sha256").update(body).digest("hex"));
  });

  it("lets an event stream through as it comes", async () => {
    const { body } = await request(`${base}/events`, { headers: session.headers });
    const first = await Promise.race([once(body, "data"), sleep(2_000)]);
    expect(String(first)).toContain("data: tick");
    body.on("error", () => {}).destroy();
  });
});

describe("a program that fails", () => {
  it("looks broken, not complete, when it dies in the middle of an answer", async () => {
    const { statusCode, body } = await request(`${base}/half`, { headers: session.headers });
    expect(statusCode).toBe(200);
    await expect(body.text()).rejects.toThrow();
  });

  it("is 502 when it gives no answer", async () => {
    const answer = await get("/reset", { Accept: "text/html" });
    expect(answer.status).toBe(502);
    expect(answer.text).toContain("did not answer");
  });
});

describe("programs with a header token, below /passthrough/", () => {
  it("serves the owner's token and refuses others", async () => {
    const path = `${stoa.url}/passthrough/any-host/${session.jobId}/headers`;
    const token = await accessToken(stoa.url, "admin", stoa.adminPassword);
    const seen = await send(path, "GET", undefined, { Authorization: `Bearer ${token}` });
    expect(seen.status, seen.text).toBe(200);
    expect(seen.json.headers.authorization).toBeUndefined();
    expect(seen.json.url).toBe("/headers");
    expect((await send(path, "GET")).status).toBe(401);
    expect((await send(path, "GET", undefined, { Authorization: "Bearer nonsense" })).status).toBe(401);
    const two = { Authorization: `Bearer ${token}`, "UWS-Authorization": "Token x" };
    expect((await send(path, "GET", undefined, two)).status).toBe(400);
  });

  it("tells another person nothing but that there is no such session", async () => {
    const registered = await send(`${stoa.url}/api/register`, "POST", {
      username: "stranger",
      email: "stranger@example.org",
      full_name: "A Stranger",
      password: "a good password",
    });
    expect(registered.status, registered.text).toBe(201);
    const token = await accessToken(stoa.url, "stranger", "a good password");
    const headers = { Authorization: `Bearer ${token}` };
    const theirs = await send(`${stoa.url}/passthrough/h/${session.jobId}/`, "GET", undefined, headers);
    const none = await send(`${stoa.url}/passthrough/h/999999/`, "GET", undefined, headers);
    expect(theirs.status).toBe(404);
    expect(theirs.text).toBe(none.text);
  });

  it("sends a person's browser on to the session's origin", async () => {
    const answer = await send(`${stoa.url}/passthrough/h/${session.jobId}/headers`, "GET", undefined, {
      Cookie: admin.cookie,
      "Sec-Fetch-Mode": "navigate",
      "Sec-Fetch-Site": "none",
    });
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toMatch(new RegExp(`^${session.origin}/\\.stoa/open\\?ticket=`));
  });
});

describe("credentials that end", () => {
  /** A personal token, and a link made with it by a server that has not heard of its end yet. */
  async function lateLink(end: (keyId: string) => Promise<unknown>, now = Date.now): Promise<URL> {
    const scopes = ["sessions:read", "sessions:write"];
    const made = await admin.call("POST", "/api/stoa/v1/account/tokens", { label: "late", scopes });
    expect(made.status, made.text).toBe(201);
    await end(made.json.key_id);
    const key = readFileSync(join(stoa.dataDir, "keys/secret.key"), "utf8").trim();
    const addresses = createAddresses({
      host: "127.0.0.1",
      port: Number(new URL(base).port),
      publicUrl: null,
      sessionDomain: "localhost",
    });
    const tickets = createTickets({ secrets: createSecretBox(key), addresses }, now);
    const credential = { kind: "pat" as const, id: made.json.key_id as string, expiresAt: null };
    const link = await tickets.link(session.jobId, {
      accountId: 1,
      label: "admin",
      isAdmin: true,
      scopes: new Set(["*" as const]),
      credential,
      mustChangePassword: false,
    });
    return new URL(`${link?.domain}${link?.path}`);
  }
  const redeem = (link: URL) => send(base + link.pathname + link.search, "GET", undefined, { Host: link.host });

  it("leave no ticket good, not even one that was made in the same moment", async () => {
    expect((await redeem(await lateLink(async () => {}))).status, "the token stands").toBe(303);
    const old = await lateLink(
      async () => {},
      () => Date.now() - 121_000,
    );
    expect((await redeem(old)).status, "two minutes are over").toBe(410);
    const ended = await lateLink((keyId) => admin.call("DELETE", `/api/stoa/v1/account/tokens/${keyId}`));
    expect((await redeem(ended)).status).toBe(410);
  });

  it("give no link to a token that may only read", async () => {
    const linkFor = async (scopes: string[]) => {
      const made = await admin.call("POST", "/api/stoa/v1/account/tokens", { label: "reader", scopes });
      const headers = { Authorization: `Bearer ${made.json.token}` };
      const job = (await send(`${stoa.url}/jobs/${session.jobId}/`, "GET", undefined, headers)).json.data.jobs[0];
      return job.job_details.current_job_details.connection_details.url_path as string;
    };
    expect(await linkFor(["sessions:read"])).toBe("");
    expect(await linkFor(["sessions:read", "sessions:write"])).toContain("ticket=");
  });

  it("are seen to be used below /passthrough/, and wrong ones are limited", async () => {
    const made = await admin.call("POST", "/api/stoa/v1/account/tokens", { label: "used", scopes: ["sessions:write"] });
    const path = `${stoa.url}/passthrough/h/${session.jobId}/headers`;
    expect((await send(path, "GET", undefined, { Authorization: `Bearer ${made.json.token}` })).status).toBe(200);
    const used = async () =>
      (await admin.call("GET", "/api/stoa/v1/account/tokens")).json.items.find(
        (token: { key_id: string }) => token.key_id === made.json.key_id,
      ).usage_count;
    await expect.poll(used, { timeout: 5_000 }).toBe(1);
    const statuses = new Set<number>();
    for (let i = 0; i < 140; i += 1)
      statuses.add((await send(path, "GET", undefined, { Authorization: "Bearer x" })).status);
    expect(statuses).toEqual(new Set([401, 429]));
    const two = { "X-API-Key": "k", "UWS-Authorization": "Token x" };
    expect([400, 429]).toContain((await send(path, "GET", undefined, two)).status);
  });
});

describe("requests that are given up", () => {
  it("leave no connection to the program behind, however early they were", async () => {
    const { hostname, port } = new URL(base);
    const head = `Host: ${session.headers.Host}\r\nCookie: ${session.headers.Cookie}\r\n\r\n`;
    const giveUp = (afterMs: number) =>
      new Promise<void>((resolve) => {
        const socket = connect(Number(port), hostname, () => {
          socket.write(`GET /silent HTTP/1.1\r\n${head}`, () => setTimeout(() => socket.destroy(), afterMs));
        });
        socket.on("error", () => {});
        socket.on("close", () => resolve());
      });
    // What is known of access is forgotten with a sign-in's end: the look-up then goes to the database, and takes a while.
    const { socket } = await openedBy(await signIn(stoa.url, "admin", stoa.adminPassword));
    const heard = once(socket, "close");
    expect((await admin.call("POST", "/api/stoa/v1/account/sign-ins/revoke-others")).status).toBe(200);
    await heard;
    await Promise.all(Array.from({ length: 200 }, (_, i) => giveUp([0, 1, 5, 1_000][i % 4] as number)));
    await expect.poll(async () => (await get("/silent-open")).text, { timeout: 5_000 }).toBe("0");
    expect(Number((await get("/silent-seen")).text)).toBeGreaterThan(0);
  }, 40_000);
});

/** A WebSocket of theirs, by a ticket of their own. */
async function openedBy(person: PortalClient): Promise<{ socket: WebSocket; headers: Record<string, string> }> {
  const link = await ticketLink(person);
  const opened = await send(base + link.pathname + link.search, "GET", undefined, { Host: link.host });
  const headers = { Host: link.host, Cookie: opened.headers.get("set-cookie")?.split(";")[0] as string };
  const socket = await openWebSocket(session.webSocketUrl, { ...headers, Origin: session.origin });
  if (typeof socket === "number") throw new Error(`refused with ${socket}`);
  return { socket, headers };
}

describe("the connection", () => {
  const raw = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(base);
      let answer = "";
      const socket = connect(Number(port), hostname, () => socket.write(text));
      socket.on("data", (chunk) => {
        answer += chunk;
      });
      socket.on("close", () => resolve(answer));
      socket.on("error", reject);
    });

  it("refuses a request with both Content-Length and Transfer-Encoding", async () => {
    const head = `Host: ${session.headers.Host}\r\nCookie: ${session.headers.Cookie}\r\nOrigin: ${session.origin}\r\n`;
    const smuggled = "0\r\n\r\nGET /headers?smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
    const answer = await raw(
      `POST /echo HTTP/1.1\r\n${head}Content-Length: ${smuggled.length}\r\nTransfer-Encoding: chunked\r\n\r\n${smuggled}`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).not.toContain("smuggled");
  });

  it("ends what is open within a second when the person signs out: WebSockets, streams, uploads", async () => {
    const second = await signIn(stoa.url, "admin", stoa.adminPassword);
    const { socket, headers } = await openedBy(second);
    const stream = (await request(`${base}/events`, { headers })).body.on("error", () => {});
    await once(stream, "data");
    const upload = connect(Number(new URL(base).port), new URL(base).hostname);
    const lines = Object.entries({ ...headers, Origin: session.origin, "Content-Length": "1000" });
    upload.write(`POST /echo HTTP/1.1\r\n${lines.map((line) => line.join(": ")).join("\r\n")}\r\n\r\nsome of it`);
    await once(upload, "data");
    upload.on("error", () => {});
    const ends = [socket, stream, upload].map(
      (one) => new Promise<void>((resolve) => void (one as EventEmitter).once("close", () => resolve())),
    );
    const closed = Promise.all(ends);
    const at = Date.now();
    expect((await second.call("POST", "/api/stoa/v1/auth/sign-out")).status).toBeLessThan(300);
    const inTime = await Promise.race([closed.then(() => Date.now()), sleep(3_000)]);
    expect(Number(inTime) - at).toBeLessThan(1_000);
    expect((await send(`${base}/`, "GET", undefined, headers)).status).toBe(401);
    // The other sign-in's access goes on.
    expect((await get("/")).status).toBe(200);
  });
});
