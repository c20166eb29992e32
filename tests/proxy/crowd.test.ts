import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createUpstream, dial, type Peer, type Upstream } from "./peer.ts";
import { type RunningProxy, startOurs } from "./proxies.ts";
import { createTrial, headOf, isWhole, OK, statusOf } from "./trial.ts";

const MOST = 300;
const TRIED = 2_000;

let upstream: Upstream;
let ours: RunningProxy;

beforeAll(async () => {
  upstream = await createUpstream();
  ours = await startOurs(upstream.port, { STOA_SESSION_CONNECTIONS: String(MOST) });
}, 60_000);

afterAll(async () => {
  await ours?.stop();
  upstream?.close();
}, 30_000);

describe("2,000 connections to one session", () => {
  it("are refused beyond what one may have, and the portal answers meanwhile", async () => {
    const { head } = createTrial(ours, upstream);
    const request = head("GET /hangs HTTP/1.1", "Accept: text/html", "Accept-Language: fa");
    const clients: Peer[] = [];
    for (let i = 0; i < TRIED; i += 50) {
      const some = await Promise.all(Array.from({ length: 50 }, () => dial(ours.port)));
      for (const client of some) clients.push(client.send(request));
    }
    await expect.poll(() => clients.filter(({ received }) => isWhole(received)).length).toBe(TRIED - MOST);
    const refused = clients.find(({ received }) => isWhole(received));
    expect(statusOf(refused?.received ?? "")).toBe(503);
    expect(headOf(refused?.received ?? "").toLowerCase()).toContain("\r\nretry-after: ");
    expect(Buffer.from(refused?.received ?? "", "latin1").toString()).toContain('<html lang="fa" dir="rtl">');

    const startedAt = performance.now();
    const portal = await fetch(`http://127.0.0.1:${ours.port}/health`, {
      headers: { Host: `localhost:${ours.port}` },
    });
    expect(portal.status).toBeLessThan(500);
    expect(performance.now() - startedAt).toBeLessThan(2_000);

    for (const { socket } of clients) socket.destroy();
    await sleep(300);
    await upstream.clear();
    const { client, program } = await createTrial(ours, upstream).arrive(
      head("GET /after HTTP/1.1", "Connection: close"),
    );
    program.end(OK);
    expect(statusOf(await client.until(() => client.ended))).toBe(200);
  }, 30_000);
});

describe("a page that says what happened", () => {
  const page = async (language: string): Promise<string> => {
    await upstream.clear();
    const { open, head } = createTrial(ours, upstream);
    const client = (await open()).send(
      head("GET /case HTTP/1.1", "Accept: text/html", `Accept-Language: ${language}`, "Connection: close"),
    );
    const program = await upstream.next();
    program?.end("SSH-2.0-OpenSSH\r\n\r\n");
    await client.until(() => client.ended);
    return Buffer.from(client.received, "latin1").toString();
  };

  it("is in the reader's language, dark where that is wished, and leads back to the portal", async () => {
    const english = await page("en");
    expect(english).toContain("is not HTTP");
    expect(english).toContain("prefers-color-scheme:dark");
    expect(english).toContain(`href="http://localhost:${ours.port}/sessions"`);
    const persian = await page("fa-IR");
    expect(persian).toContain("پاسخ برنامهٔ این نشست HTTP نیست.");
    expect(persian).toContain('dir="rtl"');
  });
});
