import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OpenSession, openSession } from "../support/open-session.ts";
import { type PortalClient, send, signIn } from "../support/portal-client.ts";
import { discard, type StoaProcess, startStoa } from "../support/stoa-process.ts";

const MOST = 300;
const TRIED = 10_000;

let stoa: StoaProcess;
let person: PortalClient;
let crowded: OpenSession;
let other: OpenSession;

beforeAll(async () => {
  stoa = await startStoa({
    main: new URL("../support/stoa-with-programs.ts", import.meta.url).pathname,
    env: { STOA_SESSION_CONNECTIONS: String(MOST), STOA_REQUESTS_PER_MINUTE: "0", STOA_LOG_LEVEL: "warn" },
  });
  person = await signIn(stoa.url, "admin", stoa.adminPassword);
  [crowded, other] = await Promise.all([openSession(person, "test_web"), openSession(person, "test_web")]);
}, 60_000);
afterAll(() => stoa && discard(stoa), 30_000);

/** Connections with one request each, which the program never answers. */
function createCrowd({ url, headers }: OpenSession, path: string) {
  const port = Number(new URL(url).port);
  const lines = Object.entries({ ...headers, Accept: "text/html", "Accept-Language": "fa" });
  const request = `GET ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
  const sockets = new Set<ReturnType<typeof connect>>();
  /** The first piece of each. */
  const answers: string[] = [];
  const join = () =>
    new Promise<void>((resolve, reject) => {
      const socket = connect(port, "127.0.0.1", () => resolve(void socket.write(request)));
      sockets.add(socket);
      socket.on("error", reject);
      socket.once("data", (chunk) => answers.push(String(chunk)));
    });
  return {
    answers,
    join,
    leave() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** What others notice of it: how long each of their requests took, ms, the longest first. */
async function waitsOf(ask: () => Promise<{ status: number }>, until: Promise<unknown>): Promise<number[]> {
  const taken: number[] = [];
  let over = false;
  void until.finally(() => {
    over = true;
  });
  while (!over) {
    const startedAt = performance.now();
    expect((await ask()).status).toBe(200);
    taken.push(performance.now() - startedAt);
    await sleep(50);
  }
  return taken.sort((a, b) => b - a);
}

const page = (session: OpenSession) => send(`${session.url}headers`, "GET", undefined, session.headers);

describe(`${TRIED} connections to one session`, () => {
  it("are refused beyond what one may have, and others go on working meanwhile", async () => {
    const crowd = createCrowd(crowded, "/silent");
    const filling = (async () => {
      for (let i = 0; i < TRIED; i += 500) await Promise.all(Array.from({ length: 500 }, crowd.join));
      await expect.poll(() => crowd.answers.length, { timeout: 40_000 }).toBe(TRIED - MOST);
    })();
    const [another, portal] = await Promise.all([
      waitsOf(() => page(other), filling),
      waitsOf(() => person.call("GET", "/api/stoa/v1/sessions"), filling),
      filling,
    ]);
    // While they came; and now that all of them are there.
    for (const taken of [another, portal]) {
      expect(taken.length).toBeGreaterThan(5);
      expect(taken[0]).toBeLessThan(10_000);
    }
    expect((await page(crowded)).status).toBe(503);
    expect((await page(other)).status).toBe(200);
    const written = await send(`${other.url}echo`, "POST", "of the other", { ...other.headers, Origin: other.origin });
    expect(written.text).toBe("of the other");
    expect((await person.call("POST", `/api/stoa/v1/sessions/${other.jobId}/ticket`)).status).toBe(200);

    const [refused = ""] = crowd.answers;
    expect(refused).toMatch(/^HTTP\/1\.1 503 [\s\S]*\r\nRetry-After: \d/i);
    expect(refused).toContain('<html lang="fa" dir="rtl">');
    crowd.leave();
    await expect.poll(async () => (await page(crowded)).status, { timeout: 10_000 }).toBe(200);
    expect((await page(crowded)).json.url).toBe("/headers");
  }, 90_000);
});
