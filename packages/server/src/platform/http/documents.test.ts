import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Validator } from "@seriousme/openapi-schema-validator";
import type { FastifyPluginAsync } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestServer, type TestServer } from "../../testing/create-test-server.ts";
import { dialectPlaces, dialectRoutes } from "../../testing/dialect-routes.ts";
import { createTestPlatform, testConfig } from "../../testing/test-platform.ts";
import { docsRoutes } from "./docs-routes.ts";
import { documentedDialects } from "./openapi.ts";
import { systemRoutes } from "./system-routes.ts";
import { webRoutes } from "./web-routes.ts";

const socket: FastifyPluginAsync = async (app) => {
  const policy = { dialect: "workspaces", access: { scope: "sessions:read" } } as const;
  app.addUpgrade({ path: "/jobs/:id", policy, summary: "Status", queryToken: true, handler: () => {} });
};

let folder = "";
let server: TestServer;
let unbuilt: TestServer;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "stoa-web-"));
  await mkdir(path.join(folder, "assets"));
  await writeFile(path.join(folder, "index.html"), '<html><meta property="csp-nonce" nonce="__CSP_NONCE__"></html>');
  await writeFile(path.join(folder, "assets", "main-abc.js"), "1");
  await writeFile(path.join(folder, "icon.svg"), "<svg/>");
  const platform = createTestPlatform();
  const routes = [dialectRoutes, socket, systemRoutes(platform), docsRoutes(platform)];
  server = await createTestServer({ routes: [...routes, webRoutes(platform, folder)], platform });
  unbuilt = await createTestServer({ routes: [webRoutes(platform, path.join(folder, "not-there"))] });
});
afterAll(async () => {
  await server.app.close();
  await unbuilt.app.close();
  await rm(folder, { recursive: true });
});
const get = (url: string, headers: Record<string, string> = {}) => server.app.inject({ url, headers });

describe("the OpenAPI documents", () => {
  it.each(["/openapi.json", ...documentedDialects.map((dialect) => `/openapi/${dialect}.json`)])(
    "%s is valid 3.1",
    async (url) => {
      const answer = await get(url);
      expect(answer.statusCode).toBe(200);
      expect(answer.json().openapi).toBe("3.1.0");
      const { valid, errors } = await new Validator().validate(answer.json());
      expect(errors).toBeUndefined();
      expect(valid).toBe(true);
    },
  );

  it("name the server's own address in what people copy", async () => {
    const platform = createTestPlatform({ config: { ...testConfig(), publicUrl: "https://stoa.example.org" } });
    const own = await createTestServer({ routes: [docsRoutes(platform)], platform });
    const answer = await own.app.inject({ url: "/openapi.json", headers: { host: "stoa.example.org" } });
    expect(answer.json().info.description).toContain("\n  https://stoa.example.org/workspaces/\n");
    const storage = (await own.app.inject({ url: "/openapi/storage.json" })).json().info.description as string;
    expect(storage).toContain('curl -H "X-API-Key: $API_KEY" \\\n  https://stoa.example.org/api/v1/storages\n');
    expect(storage).not.toContain("/workspaces/");
    await own.app.close();
    expect((await get("/openapi/stoa.json")).json().info.description).toContain("http://localhost:");
  });

  it("each hold their own contract only, with its errors and its credentials", async () => {
    for (const dialect of documentedDialects) {
      const document = (await get(`/openapi/${dialect}.json`)).json();
      const paths = Object.keys(document.paths).filter((url) => Object.values(dialectPlaces).includes(url));
      expect(paths).toEqual([dialectPlaces[dialect]]);
    }
    const { get: opens } = (await get("/openapi/workspaces.json")).json().paths["/jobs/{id}"];
    expect(opens).toMatchObject({ "x-websocket": true, "x-stoa-scope": "sessions:read" });
    const { post } = (await get("/openapi/workspaces.json")).json().paths["/workspaces/things/"];
    expect(post).toMatchObject({
      "x-stoa-scope": "workspaces:write",
      security: [{ uws: [] }, { bearer: [] }, { cookie: [] }],
    });
    expect(Object.keys(post.responses)).toEqual([
      "200",
      "400",
      "401",
      "403",
      "404",
      "409",
      "413",
      "415",
      "421",
      "422",
      "429",
      "500",
      "503",
    ]);
  });
});

describe("what the documents say", () => {
  it("begins with how to get a token and send it", async () => {
    const { description } = (await get("/openapi/workspaces.json")).json().info;
    expect(description).toContain('curl -H "Authorization: Bearer $TOKEN"');
    expect(description).toMatch(/Account → Access tokens/);
  });

  it("leaves no response without words", async () => {
    const answer = await get("/openapi.json");
    expect(answer.body).not.toContain("Default Response");
    expect(answer.json().paths["/workspaces/things/"].post.responses["200"].description).toBe("Success.");
  });
});

describe("the documentation", () => {
  it("is served from here alone, under a policy without inline scripts", async () => {
    const page = await get("/docs");
    const policy = String(page.headers["content-security-policy"]);
    expect(policy).not.toContain("unsafe");
    expect(policy).toContain(/nonce="([^"]+)"/.exec(page.body)?.[1]);
    expect(page.body).not.toMatch(/https?:\/\//);
    const script = await get("/docs/scalar.js");
    expect(script.headers["content-type"]).toContain("text/javascript");
    expect(script.body.length).toBeGreaterThan(1_000_000);
    expect((await get("/docs/start.js")).body).toContain("/openapi/pools.json");
  });
});

describe("the portal", () => {
  it("is where / leads", async () => {
    const answer = await get("/");
    expect([answer.statusCode, answer.headers.location]).toEqual([302, "/portal"]);
  });

  it("is one page at every address below, never stored, with a fresh nonce", async () => {
    const nonces = new Set<string>();
    for (const url of ["/portal", "/portal/", "/portal/workspaces/7"]) {
      const answer = await get(url);
      expect([answer.statusCode, answer.headers["cache-control"]]).toEqual([200, "no-store"]);
      const nonce = /nonce="([^"]+)"/.exec(answer.body)?.[1] ?? "";
      expect(String(answer.headers["content-security-policy"])).toContain(`'nonce-${nonce}'`);
      expect(String(answer.headers["content-security-policy"])).toContain("frame-src http://*.localhost:8080");
      nonces.add(nonce);
    }
    expect(nonces.size).toBe(3);
  });

  it("keeps hashed files for ever, others for a while, and none that is not there", async () => {
    expect((await get("/portal/assets/main-abc.js")).headers["cache-control"]).toBe(
      "public, max-age=31536000, immutable",
    );
    expect((await get("/portal/icon.svg")).headers["content-type"]).toContain("image/svg+xml");
    for (const url of [
      "/portal/assets/none.js",
      "/portal/none.svg",
      "/portal/assets/%2e%2e/%2e%2e/secret.txt",
      "/portal/../x.js",
    ]) {
      expect((await get(url)).statusCode).toBe(404);
    }
  });

  it("says so when it was not built", async () => {
    const answer = await unbuilt.app.inject("/portal");
    expect(answer.body).toContain("has not been built");
  });
});

describe("the system", () => {
  it("says that the database is away, and answers 503 for it", async () => {
    const answer = await get("/health");
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toMatchObject({ status: "healthy", database: "disconnected" });
  });

  it("shows its figures to whoever may see them", async () => {
    expect((await get("/metrics")).statusCode).toBe(401);
    expect((await get("/metrics", { authorization: "Bearer zpat_none" })).statusCode).toBe(403);
    const answer = await get("/metrics", { authorization: "Bearer zpat_ann" });
    expect(answer.body).toContain(
      'stoa_http_request_duration_seconds_count{method="GET",route="/portal/*",status="200"}',
    );
  });
});
