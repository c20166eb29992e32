import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { type OpenSession, openSession } from "./support/open-session.ts";
import { accessToken, type PortalClient, send, signIn } from "./support/portal-client.ts";
import { discard, type StoaProcess, startStoa } from "./support/stoa-process.ts";

/** What a maintenance promises to who is not an administrator: what runs goes on, and is used as ever. */
const PASSWORD = "correct horse battery";
const MAINTENANCE = "/api/stoa/v1/system/maintenance";

let stoa: StoaProcess;
let admin: PortalClient;
let ann: PortalClient;
let session: OpenSession;
let token = "";
let below = "";
let socket: WebSocket;

beforeAll(async () => {
  stoa = await startStoa({ main: join(import.meta.dirname, "support/stoa-with-programs.ts") });
  admin = await signIn(stoa.url, "admin", stoa.adminPassword);
  const identity = { username: "ann", email: "ann@example.org", full_name: "Ann", password: PASSWORD };
  expect((await send(`${stoa.url}/api/register`, "POST", identity)).status).toBe(201);
  ann = await signIn(stoa.url, "ann", PASSWORD);
  session = await openSession(ann, "test_web");
  token = await accessToken(stoa.url, "ann", PASSWORD);
  below = `/passthrough/any-host/${session.jobId}`;
  // Open before it begins, as a notebook's kernel is.
  socket = await webSocket(`${stoa.url.replace("http", "ws")}${below}/`, { Authorization: `Bearer ${token}` });
  const times = { starts_at: null, ends_at: new Date(Date.now() + 600_000).toISOString() };
  const wanted = { ...times, message: "New disks.", message_fa: "دیسک‌های تازه.", version: 0 };
  const planned = await admin.call("PUT", MAINTENANCE, wanted);
  expect([planned.status, planned.json.phase]).toEqual([200, "on"]);
}, 60_000);

afterAll(async () => {
  socket?.terminate();
  if (stoa) await discard(stoa);
}, 30_000);

async function webSocket(url: string, headers: Record<string, string>): Promise<WebSocket> {
  const opened = new WebSocket(url, { headers });
  await once(opened, "open");
  return opened;
}

async function echoed(through: WebSocket, text: string): Promise<string> {
  const answer = once(through, "message");
  through.send(text);
  return String((await answer)[0]);
}

describe("a session that runs, while there is a maintenance", () => {
  it("answers programs below our address, reads and writes alike", async () => {
    const headers = { Authorization: `Bearer ${token}` };
    const read = await send(`${stoa.url}${below}/headers`, "GET", undefined, headers);
    expect([read.status, read.json.url]).toEqual([200, "/headers"]);
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      const written = await send(`${stoa.url}${below}/echo`, method, "a notebook's cells", headers);
      expect([method, written.status]).toEqual([method, 200]);
      expect(written.text).toBe("a notebook's cells");
    }
    const { json } = await send(`${stoa.url}/tokens`, "POST", { username: "ann", password: PASSWORD });
    const old = { "UWS-Authorization": `Token ${json.token}` };
    expect((await send(`${stoa.url}${below}/echo`, "POST", "x", old)).text).toBe("x");
  });

  it("keeps the WebSocket that was open, and opens others", async () => {
    expect(await echoed(socket, "still here")).toBe("still here");
    const another = await webSocket(socket.url, { Authorization: `Bearer ${token}` });
    expect(await echoed(another, "another kernel")).toBe("another kernel");
    another.terminate();
  });

  it("is used on its own origin, and opened there anew", async () => {
    const origin = { ...session.headers, Origin: session.origin };
    expect((await send(`${session.url}echo`, "POST", "x", origin)).text).toBe("x");
    const ticket = await ann.call("POST", `/api/stoa/v1/sessions/${session.jobId}/ticket`);
    expect(ticket.status, ticket.text).toBe(200);
    const link = new URL(ticket.json.url as string);
    const redeemed = await send(session.url.slice(0, -1) + link.pathname + link.search, "GET", undefined, {
      Host: link.host,
    });
    expect(redeemed.status).toBe(303);
  });

  it("is no way in for a start: each is refused in its API's own shape, and says until when and why", async () => {
    const { json } = await ann.call("GET", "/workspaces/");
    const workspace = json.data.workspaces[0] as { id: number };
    const jobs = async () => (await ann.call("GET", "/api/stoa/v1/sessions")).json.items.length as number;
    const before = await jobs();
    const own = await ann.call("POST", "/api/stoa/v1/sessions", { workspace_id: workspace.id, job_type: "test_web" });
    expect(own.status).toBe(503);
    expect(own.json).toMatchObject({ code: "maintenance", detail: expect.stringContaining("New disks.") });
    expect(own.json.detail).toContain("What runs goes on.");
    expect(Number(own.headers.get("retry-after"))).toBeGreaterThan(500);
    const contract3 = await send(
      `${stoa.url}/workspaces/${workspace.id}/start/`,
      "PUT",
      { job_type: "test_web" },
      { Authorization: `Bearer ${token}` },
    );
    expect(contract3.status).toBe(503);
    expect(contract3.json).toEqual({ success: false, message: expect.stringContaining("New disks.") });
    expect(await jobs()).toBe(before);
  });

  it("is extended and stopped by its owner", async () => {
    const at = `/api/stoa/v1/sessions/${session.jobId}`;
    const extended = await ann.call("POST", `${at}/extend`, { minutes: 1 });
    expect(extended.status, extended.text).toBe(200);
    const ended = once(socket, "close");
    expect((await ann.call("POST", `${at}/stop`, {})).status).toBe(202);
    await ended;
    await expect
      .poll(async () => (await ann.call("GET", at)).json.status as string, { timeout: 15_000 })
      .toBe("complete");
  });
});
