import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { groups } from "./cases.ts";
import { createUpstream, type Upstream } from "./peer.ts";
import { type RunningProxy, startOurs } from "./proxies.ts";
import { createTrial, runCase, statusOf } from "./trial.ts";

let upstream: Upstream;
let ours: RunningProxy;

beforeAll(async () => {
  upstream = await createUpstream();
  ours = await startOurs(upstream.port);
}, 60_000);

afterAll(async () => {
  await ours?.stop();
  upstream?.close();
}, 30_000);

describe.each(groups)("$name", ({ cases }) => {
  it.each(cases)("$id: $right", async (one) => {
    expect(await runCase(one, ours, upstream)).toBe(null);
  });
});

it("the cases are told apart by their names", () => {
  const ids = groups.flatMap(({ cases }) => cases.map(({ id }) => id));
  expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
  expect(ids.length).toBeGreaterThanOrEqual(60);
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
    const { open, head } = createTrial(ours, upstream);
    const cookies = `Cookie: a=${"x".repeat(20_000)}`;
    const large = (await open()).send(head("GET /case HTTP/1.1", "Accept: text/html", "Accept-Language: fa", cookies));
    await large.until(() => large.ended);
    expect(statusOf(large.received)).toBe(431);
    const told = Buffer.from(large.received, "latin1").toString();
    expect(told).toContain('dir="rtl"');
    expect(told).toContain(`href="http://localhost:${ours.port}/sessions"`);
  });
});
