import type { AddressInfo } from "node:net";
import type { FastifyPluginAsync } from "fastify";
import { Type } from "typebox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestServer } from "../../testing/create-test-server.ts";
import { dialectRoutes } from "../../testing/dialect-routes.ts";
import { sendRaw } from "../../testing/raw-http.ts";
import { testConfig } from "../../testing/test-platform.ts";

const seen: string[] = [];
const catchAll: FastifyPluginAsync = async (app) => {
  app.get(
    "/seen/*",
    {
      schema: { summary: "x", response: { 200: Type.String() } },
      config: { policy: { dialect: "web", access: { public: "a test" } } },
    },
    async (request) => {
      seen.push(request.raw.url ?? "");
      return "seen";
    },
  );
};
const config = testConfig({
  publicUrl: "https://stoa.example.org",
  allowedHosts: ["other.example"],
  trustedProxies: ["127.0.0.1"],
});
const { app } = await createTestServer({ routes: [dialectRoutes, catchAll], platform: { config } });
let port = 0;

beforeAll(async () => {
  app.server.headersTimeout = 300;
  await app.listen({ port: 0, host: "127.0.0.1" });
  port = (app.server.address() as AddressInfo).port;
});
afterAll(() => app.close());

const status = (answer: string) => answer.split("\r\n", 1)[0];

describe("what is not quite HTTP", () => {
  it.each([
    ["CL and TE", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n"],
    ["TE and CL", "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n"],
    ["two lengths", "Content-Length: 4\r\nContent-Length: 5\r\n"],
    ["an odd encoding", "Transfer-Encoding: xchunked\r\n"],
    ["an encoding after chunked", "Transfer-Encoding: chunked, identity\r\n"],
    ["a hidden encoding", "Transfer-Encoding : chunked\r\n"],
    ["a bare line feed", "X: 1\nTransfer-Encoding: chunked\r\n"],
    ["a folded header", "X: 1\r\n Transfer-Encoding: chunked\r\n"],
  ])("%s: is refused, and what is smuggled behind is never seen", async (_what, headers) => {
    const smuggled = "0\r\n\r\nGET /seen/smuggled HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    const answer = await sendRaw(port, `POST /v1/things HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n${smuggled}`);
    expect(status(answer)).toBe("HTTP/1.1 400 Bad Request");
    expect(answer).not.toContain("200 OK");
    expect(seen).toEqual([]);
  });

  it("headers without end are cut off", async () => {
    const started = Date.now();
    const answer = await sendRaw(port, "GET /seen/slow HTTP/1.1\r\nHost: localhost\r\nX-Slow: ", { waitMs: 8_000 });
    expect(status(answer)).toBe("HTTP/1.1 408 Request Timeout");
    expect(Date.now() - started).toBeLessThan(5_000);
  });

  it.each([
    ["GET /", "Accept: text/html\r\nAccept-Language: fa\r\n", "text/html; charset=utf-8", '<html lang="fa" dir="rtl">'],
    ["GET /api/stoa/v1/things", "", "application/problem+json; charset=utf-8", '"code":"headers_too_large"'],
    [
      "GET /workspaces/",
      "Accept: text/html\r\n",
      "application/json; charset=utf-8",
      '{"success":false,"message":"The a',
    ],
    [`GET /${"a".repeat(20_000)}`, "", "application/problem+json; charset=utf-8", '"code":"headers_too_large"'],
  ])("headers that are too large are refused in the form of the address: %.30s", async (line, headers, type, part) => {
    const large = `${line} HTTP/1.1\r\nHost: localhost\r\n${headers}X: ${"x".repeat(20_000)}\r\n\r\n`;
    const answer = await sendRaw(port, large);
    expect(status(answer)).toBe("HTTP/1.1 431 Request Header Fields Too Large");
    expect(answer).toContain(`\r\nContent-Type: ${type}\r\n`);
    expect(answer).toContain(part);
  });

  it("10 MB are refused at their announcement, in words that arrive", async () => {
    const headers = { authorization: "Bearer zpat_ann", "content-type": "application/json" };
    const body = JSON.stringify({ name: "x".repeat(10 * 2 ** 20) });
    const answer = await fetch(`http://127.0.0.1:${port}/api/stoa/v1/things`, { method: "POST", headers, body });
    expect([answer.status, await answer.json()]).toEqual([413, expect.objectContaining({ code: "too_large" })]);
    const chunked = new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(65_536).fill(32));
      },
    });
    const endless = { method: "POST", headers, body: chunked, duplex: "half" } as const;
    const refused = await fetch(`http://127.0.0.1:${port}/api/stoa/v1/things`, endless).then(
      (one) => one.status,
      () => "cut off",
    );
    expect([413, "cut off"]).toContain(refused);
  });

  it("a body that ends early harms nobody", async () => {
    const answer = await sendRaw(
      port,
      'POST /v1/things HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer zpat_ann\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"na',
      { waitMs: 200 },
    );
    expect(answer).toBe("");
    expect((await fetch(`http://127.0.0.1:${port}/seen/after`)).status).toBe(200);
  });

  it("an offer of h2c beside a usual request gets its usual answer", async () => {
    const answer = await sendRaw(
      port,
      "GET /seen/h2c HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAA\r\n\r\n",
      { waitMs: 1_000 },
    );
    expect(status(answer)).toBe("HTTP/1.1 200 OK");
  });
});

describe("the Host header", () => {
  const ask = (host: string) => app.inject({ url: "/seen/host", headers: { host } });

  it.each([
    "localhost",
    "localhost:8080",
    "127.0.0.1:1",
    "[::1]:9",
    "stoa.example.org",
    "STOA.example.org.",
    "other.example:444",
  ])("%s is ours", async (host) => {
    expect((await ask(host)).statusCode).toBe(200);
  });

  it.each([
    "evil.example",
    "localhost.evil.example",
    "s-1.localhost",
    "10.0.0.1",
    "stoa.example.org.evil",
    "a b",
    "localhost:80:80",
  ])("%s is not: 421, with what to do", async (host) => {
    const answer = await ask(host);
    expect(answer.statusCode).toBe(421);
    expect(answer.json().code).toBe("host_unknown");
  });

  it("is one: two, or none, are refused", async () => {
    const two = await sendRaw(
      port,
      "GET /seen/x HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\nConnection: close\r\n\r\n",
      { waitMs: 1_000 },
    );
    expect(status(two)).toMatch(/ 4\d\d /);
    const none = await sendRaw(port, "GET /seen/x HTTP/1.1\r\nConnection: close\r\n\r\n", { waitMs: 1_000 });
    expect(status(none)).toBe("HTTP/1.1 400 Bad Request");
    const empty = await sendRaw(port, "GET /seen/x HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n", { waitMs: 1_000 });
    expect(status(empty)).toBe("HTTP/1.1 421 Misdirected Request");
  });

  it("may come from a trusted proxy, and then that one counts", async () => {
    const forwarded = { host: "localhost", "x-forwarded-host": "evil.example" };
    expect((await app.inject({ url: "/seen/host", headers: forwarded })).statusCode).toBe(421);
  });
});

describe("ids and headers of answers", () => {
  it("keeps the request id of a trusted proxy, if it looks like one", async () => {
    const id = async (given: string) =>
      (await app.inject({ url: "/nowhere", headers: { "x-request-id": given } })).headers["x-request-id"];
    expect(await id("proxy-given-id-1")).toBe("proxy-given-id-1");
    expect(await id("a\tb<script>")).toMatch(/^[0-9a-f-]{36}$/);
    const { app: direct } = await createTestServer({ routes: [] });
    const answer = await direct.inject({ url: "/nowhere", headers: { "x-request-id": "proxy-given-id-1" } });
    expect(answer.headers["x-request-id"]).not.toBe("proxy-given-id-1");
    await direct.close();
  });

  it("protects every answer, errors too", async () => {
    for (const url of ["/seen/x", "/nowhere", "/v1/things"]) {
      expect((await app.inject({ url })).headers).toMatchObject({
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "strict-transport-security": "max-age=31536000",
      });
    }
  });
});

describe("other origins", () => {
  it("may call where the setting names them, with header tokens and never with cookies", async () => {
    const { app: open } = await createTestServer({
      routes: [dialectRoutes],
      platform: { config: testConfig({ corsOrigins: ["https://portal.example"] }) },
    });
    const preflight = async (origin: string) =>
      await open.inject({
        method: "OPTIONS",
        url: "/workspaces/things/",
        headers: {
          origin,
          "access-control-request-method": "POST",
          "access-control-request-headers": "uws-authorization",
        },
      });
    const allowed = await preflight("https://portal.example");
    expect(allowed.statusCode).toBe(204);
    expect(allowed.headers).toMatchObject({
      "access-control-allow-origin": "https://portal.example",
      "access-control-allow-headers":
        "Content-Type, UWS-Authorization, Authorization, X-API-Key, Idempotency-Key, Tus-Resumable, Upload-Length, Upload-Offset, Upload-Metadata, Upload-Checksum",
    });
    expect(allowed.headers["access-control-allow-credentials"]).toBeUndefined();
    expect((await preflight("https://evil.example")).headers["access-control-allow-origin"]).toBeUndefined();
    const refused = await open.inject({ url: "/workspaces/things/", headers: { origin: "https://portal.example" } });
    expect([refused.statusCode, refused.headers["access-control-allow-origin"]]).toEqual([
      401,
      "https://portal.example",
    ]);
    await open.close();
  });

  it("may not where it names none", async () => {
    const answer = await app.inject({ url: "/seen/x", headers: { origin: "https://portal.example" } });
    expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
  });
});
