import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestServer, type TestServer } from "../../testing/create-test-server.ts";
import { createTestPlatform, testConfig } from "../../testing/test-platform.ts";
import { webRoutes } from "./web-routes.ts";

const script = "console.log('as it was built');";
let folder = "";
let server: TestServer;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "stoa-web-"));
  await mkdir(path.join(folder, "assets"));
  await writeFile(path.join(folder, "index.html"), '<html lang="en" dir="ltr">first</html>');
  await writeFile(path.join(folder, "assets", "main-abc.js"), script);
  await writeFile(path.join(folder, "assets", "main-abc.js.br"), brotliCompressSync(script));
  await writeFile(path.join(folder, "assets", "main-abc.js.gz"), gzipSync(script));
  await writeFile(path.join(folder, "assets", "font-abc.woff2"), "font");
  await writeFile(path.join(folder, "away-worker.js"), "// answers while we can't");
  server = await createTestServer({ routes: [webRoutes(createTestPlatform(), folder)] });
});
afterAll(async () => {
  await server.app.close();
  await rm(folder, { recursive: true });
});
const asset = (name: string, encodings: string) =>
  server.app.inject({ url: `/portal/assets/${name}`, headers: { "accept-encoding": encodings } });

it("gives assets compressed as the client takes them", async () => {
  const unpack = { br: brotliDecompressSync, gzip: gunzipSync };
  for (const [accepted, encoding] of [
    ["gzip, deflate, br, zstd", "br"],
    ["gzip", "gzip"],
  ] as const) {
    const answer = await asset("main-abc.js", accepted);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({
      "content-encoding": encoding,
      "content-type": expect.stringMatching(/\/javascript; charset=utf-8$/),
      "cache-control": "public, max-age=31536000, immutable",
    });
    expect(answer.headers.vary).toMatch(/accept-encoding/i);
    expect(unpack[encoding](answer.rawPayload).toString()).toBe(script);
  }
});

it("gives them plain to who takes nothing else, and what has no compressed sibling to all", async () => {
  const plain = await asset("main-abc.js", "identity");
  expect(plain.headers["content-encoding"]).toBeUndefined();
  expect(plain.payload).toBe(script);
  expect((await asset("font-abc.woff2", "br, gzip")).payload).toBe("font");
});

it("lets what answers while we are away look after the whole portal, ask us, and be replaced at once", async () => {
  const worker = await server.app.inject({ url: "/portal/away-worker.js" });
  expect(worker.payload).toBe("// answers while we can't");
  expect(worker.headers).toMatchObject({
    "content-type": expect.stringMatching(/\/javascript/),
    "cache-control": "no-cache",
    "service-worker-allowed": "/portal",
    "content-security-policy": "default-src 'none'; connect-src 'self'; frame-ancestors 'none'",
  });
});

it("shows the page of a build that was made meanwhile", async () => {
  const page = async () => (await server.app.inject({ url: "/portal" })).payload;
  expect(await page()).toContain("first");
  await writeFile(path.join(folder, "index.html"), "<html>second one</html>");
  expect(await page()).toContain("second one");
});

it("says in which language it will be shown: the browser's, else the server's own", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "stoa-web-"));
  await writeFile(path.join(folder, "index.html"), '<html lang="en" dir="ltr">page</html>');
  const platform = createTestPlatform({ config: { ...testConfig(), defaultLocale: "fa" } });
  const inPersian = await createTestServer({ platform, routes: [webRoutes(platform, folder)] });
  const persian = '<html lang="fa" dir="rtl">page</html>';
  for (const [accepts, html] of [
    ["fa-IR,fa;q=0.9,en;q=0.8", persian],
    ["en-GB,en;q=0.9,fa;q=0.8", '<html lang="en" dir="ltr">page</html>'],
    ["de-DE,de;q=0.9", persian],
  ] as const) {
    const answer = await inPersian.app.inject({ url: "/portal/sign-in", headers: { "accept-language": accepts } });
    expect(answer.payload).toBe(html);
    expect(answer.headers.vary).toMatch(/accept-language/i);
  }
  await inPersian.app.close();
  await rm(folder, { recursive: true });
});
