import { createHash, randomBytes } from "node:crypto";
import { readdir, readFile, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createWorkspacesServer, type WorkspacesServer } from "../testing-workspaces.ts";

const LIMIT = 4 << 20;
let server: WorkspacesServer;
beforeAll(async () => {
  server = await createWorkspacesServer({ limits: { uploadBytes: LIMIT, openUploadsPerPerson: 5 } });
});
afterAll(() => server?.close());

const base = (id: number) => `/api/stoa/v1/workspaces/${id}/uploads`;
const staged = () => readdir(path.join(server.onDisk(0), "..", ".staging")).catch(() => []);
const metadata = (values: Record<string, string>) =>
  Object.entries(values)
    .map(([key, value]) => `${key} ${Buffer.from(value).toString("base64")}`)
    .join(",");
const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

type Headers = Record<string, string>;
const ask = (
  method: "POST" | "PATCH" | "HEAD" | "DELETE" | "GET",
  url: string,
  headers: Headers = {},
  raw?: Buffer,
  as?: "bob",
) =>
  server.call(method, url, undefined, {
    headers: { "tus-resumable": "1.0.0", ...headers },
    ...(raw === undefined ? {} : { raw }),
    ...(as === undefined ? {} : { as }),
  });
const begin = (id: number, length: number, values: Record<string, string>, headers: Headers = {}) =>
  ask("POST", base(id), { "upload-length": String(length), "upload-metadata": metadata(values), ...headers });
const patch = (url: string, offset: number, raw: Buffer, headers: Headers = {}) =>
  ask(
    "PATCH",
    url,
    { "upload-offset": String(offset), "content-type": "application/offset+octet-stream", ...headers },
    raw,
  );
async function begun(id: number, length: number, values: Record<string, string>): Promise<string> {
  const answer = await begin(id, length, values);
  expect(answer.status, answer.text).toBe(201);
  return String(answer.headers.location);
}

describe("an upload by the protocol", () => {
  it("comes in pieces and appears whole, with its audit entry and event", async () => {
    const id = await server.create();
    const bytes = randomBytes(300_000);
    const url = await begun(id, bytes.length, { path: "data/نمودار.bin" });
    const first = await patch(url, 0, bytes.subarray(0, 100_000));
    expect(first).toMatchObject({
      status: 204,
      text: "",
      headers: { "upload-offset": "100000", "tus-resumable": "1.0.0" },
    });
    expect(Date.parse(String(first.headers["upload-expires"]))).toBeGreaterThan(Date.now());
    expect(await readdir(server.onDisk(id))).toEqual([]);
    const head = await ask("HEAD", url);
    expect(head).toMatchObject({
      status: 200,
      headers: { "upload-offset": "100000", "upload-length": "300000", "cache-control": "no-store" },
    });
    expect(head.headers["upload-metadata"]).toBe(metadata({ path: "data/نمودار.bin" }));
    server.platform.recorded.audit.length = 0;
    expect((await patch(url, 100_000, bytes.subarray(100_000))).headers["upload-offset"]).toBe("300000");
    expect(await readFile(server.onDisk(id, "data", "نمودار.bin"))).toEqual(bytes);
    expect(server.platform.recorded.audit).toEqual([
      expect.objectContaining({
        action: "workspace.upload",
        subject: expect.objectContaining({ id: String(id) }),
        details: expect.objectContaining({ files: 1, bytes: 300_000, paths: ["data/نمودار.bin"] }),
      }),
    ]);
    expect(server.platform.recorded.events.at(-1)).toMatchObject({
      type: "workspace.changed",
      data: { change: "files" },
    });
    expect(await staged()).toEqual([]);
    expect((await ask("HEAD", url)).headers).toMatchObject({ "upload-offset": "300000", "upload-length": "300000" });
    expect((await ask("GET", url)).body).toMatchObject({ state: "done", path: "data/نمودار.bin", offset: 300_000 });
  });

  it("says what it can, to anybody", async () => {
    const answer = await server.app.inject({ method: "OPTIONS", url: base(1), headers: { host: "localhost:8080" } });
    expect(answer.statusCode).toBe(204);
    expect(answer.headers).toMatchObject({
      "tus-version": "1.0.0",
      "tus-extension": "creation,creation-with-upload,termination,checksum,expiration",
      "tus-max-size": String(LIMIT),
      "tus-checksum-algorithm": "sha1,sha256,sha512,md5",
    });
    expect(answer.headers["tus-resumable"]).toBeUndefined();
  });

  it("takes an empty file, and one that comes with its beginning", async () => {
    const id = await server.create();
    await begun(id, 0, { filename: "empty" });
    const whole = await ask(
      "POST",
      base(id),
      {
        "upload-length": "5",
        "upload-metadata": metadata({ name: "whole" }),
        "content-type": "application/offset+octet-stream",
      },
      Buffer.from("whole"),
    );
    expect(whole).toMatchObject({ status: 201, headers: { "upload-offset": "5" }, body: { state: "done" } });
    expect(await readFile(server.onDisk(id, "whole"), "utf8")).toBe("whole");
    expect(await readFile(server.onDisk(id, "empty"), "utf8")).toBe("");
  });

  it("takes PATCH and DELETE in the clothes of a POST", async () => {
    const id = await server.create();
    const url = await begun(id, 4, { path: "x" });
    const type = { "content-type": "application/offset+octet-stream" };
    const sent = await ask(
      "POST",
      url,
      { "upload-offset": "0", "x-http-method-override": "PATCH", ...type },
      Buffer.from("ab"),
    );
    expect(sent).toMatchObject({ status: 204, headers: { "upload-offset": "2" } });
    expect((await ask("POST", url, { "x-http-method-override": "DELETE" })).status).toBe(204);
    expect((await ask("POST", url)).status).toBe(400);
  });

  it("is given up by DELETE, and nothing of it stays", async () => {
    const id = await server.create();
    const url = await begun(id, 10, { path: "x" });
    await patch(url, 0, Buffer.from("12345"));
    expect(await staged()).toHaveLength(1);
    expect((await ask("DELETE", url)).status).toBe(204);
    expect(await staged()).toEqual([]);
    expect((await ask("HEAD", url)).status).toBe(404);
    expect((await ask("DELETE", url)).status).toBe(404);
  });

  it("lists what is open, a page at a time", async () => {
    const id = await server.create();
    const urls = [await begun(id, 3, { path: "a" }), await begun(id, 3, { path: "b" })];
    const first = await ask("GET", `${base(id)}?limit=1`);
    expect(first.body.items).toHaveLength(1);
    const rest = await ask("GET", `${base(id)}?limit=1&cursor=${first.body.next_cursor}`);
    const paths = [...first.body.items, ...rest.body.items].map((item: { path: string }) => item.path);
    expect(paths.sort()).toEqual(["a", "b"]);
    expect(rest.body.next_cursor).toBeNull();
    for (const url of urls) await ask("DELETE", url);
    expect((await ask("GET", base(id))).body.items).toEqual([]);
  });
});

describe("what an upload is refused", () => {
  it.each([
    [{ "upload-length": "-1" }, 400],
    [{ "upload-length": "1e3" }, 400],
    [{ "upload-length": "" }, 400],
    [{ "upload-length": String(LIMIT + 1) }, 413],
    [{ "upload-metadata": "" }, 400],
    [{ "upload-metadata": "path !" }, 400],
    [{ "upload-metadata": metadata({ path: "../x" }) }, 400],
    [{ "upload-metadata": metadata({ path: "a\nb" }) }, 400],
    [{ "upload-metadata": `path ${Buffer.from([0xff]).toString("base64")}` }, 400],
    [{ "upload-metadata": metadata({ path: "x", on_conflict: "maybe" }) }, 400],
    [{ "upload-metadata": metadata({ path: "x", sha256: "abc" }) }, 400],
    [{ "upload-metadata": metadata({ path: "folder" }) }, 409],
    [{ "upload-metadata": metadata({ path: "link/x" }) }, 409],
    [{ "upload-metadata": metadata({ path: "old", on_conflict: "refuse" }) }, 409],
    [{ "tus-resumable": "0.2.2" }, 412],
    [{ "upload-defer-length": "1" }, 400],
  ])("at its beginning: %j", async (headers, status) => {
    const id = await server.create({ "folder/x": "x", old: "old" });
    await symlink("/tmp", server.onDisk(id, "link"));
    const answer = await begin(id, 5, { path: "x" }, headers);
    expect(answer.status, answer.text).toBe(status);
    expect(answer.headers["tus-resumable"]).toBe("1.0.0");
    expect(await staged()).toEqual([]);
  });

  it("for its bytes", async () => {
    const id = await server.create();
    const url = await begun(id, 10, { path: "x" });
    expect((await patch(url, 5, Buffer.from("12345"))).status).toBe(409);
    expect((await patch(url, 0, Buffer.alloc(11))).status).toBe(413);
    expect((await patch(url, 0, Buffer.from("1"), { "content-type": "text/plain" })).status).toBe(415);
    expect((await patch(url, 0, Buffer.from("1"), { "upload-checksum": "crc32 AAAA" })).status).toBe(400);
    expect((await patch(url, 0, Buffer.from("1"), { "tus-resumable": "2" })).status).toBe(412);
    expect((await ask("HEAD", url)).headers["upload-offset"]).toBe("0");
    await ask("DELETE", url);
  });

  it("where the bytes do not match their checksum: nothing of them is kept", async () => {
    const id = await server.create();
    const url = await begun(id, 10, { path: "x" });
    expect((await patch(url, 0, Buffer.from("12345"))).status).toBe(204);
    const of = (text: string) => `sha1 ${createHash("sha1").update(text).digest("base64")}`;
    const wrong = await patch(url, 5, Buffer.from("67890"), { "upload-checksum": of("other") });
    expect(wrong).toMatchObject({ status: 460, body: { code: "checksum_mismatch" } });
    expect((await ask("HEAD", url)).headers["upload-offset"]).toBe("5");
    expect((await patch(url, 5, Buffer.from("67890"), { "upload-checksum": of("67890") })).status).toBe(204);
    expect(await readFile(server.onDisk(id, "x"), "utf8")).toBe("1234567890");
  });

  it("when it was resumed with another file than was announced: it never appears", async () => {
    const id = await server.create({ x: "old" });
    const bytes = randomBytes(1_000);
    const url = await begun(id, bytes.length, { path: "x", sha256: sha256(bytes) });
    await patch(url, 0, bytes.subarray(0, 500));
    const last = await patch(url, 500, randomBytes(500));
    expect(last).toMatchObject({ status: 460, body: { code: "checksum_mismatch" } });
    expect(await readFile(server.onDisk(id, "x"), "utf8")).toBe("old");
    expect(await staged()).toEqual([]);
    expect(await ask("GET", url)).toMatchObject({ status: 410, body: { code: "gone" } });
    const again = await begun(id, bytes.length, {
      path: "x",
      sha256: createHash("sha256").update(bytes).digest("base64"),
    });
    expect((await patch(again, 0, bytes)).status).toBe(204);
    expect(await readFile(server.onDisk(id, "x"))).toEqual(bytes);
  });

  it("for more than may be open at once", async () => {
    const id = await server.create();
    const urls: string[] = [];
    for (let count = 0; count < 5; count += 1) urls.push(await begun(id, 1, { path: `f${count}` }));
    expect(await begin(id, 1, { path: "more" })).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining("5 uploads") },
    });
    for (const url of urls) await ask("DELETE", url);
  });

  it("to anybody else", async () => {
    const id = await server.create();
    const url = await begun(id, 3, { path: "x" });
    for (const method of ["HEAD", "GET", "DELETE"] as const) {
      expect((await ask(method, url, {}, undefined, "bob")).status, method).toBe(404);
    }
    const type = { "upload-offset": "0", "content-type": "application/offset+octet-stream" };
    expect((await ask("PATCH", url, type, Buffer.from("abc"), "bob")).status).toBe(404);
    const other = await server.create({}, "bob");
    expect((await ask("HEAD", url.replace(`/${id}/`, `/${other}/`), {}, undefined, "bob")).status).toBe(404);
    expect((await ask("HEAD", `${base(id)}/not-an-id`)).status).toBe(404);
    await ask("DELETE", url);
  });
});

describe("names that are taken", () => {
  it("are replaced, refused at the end as at the beginning, or kept beside", async () => {
    const id = await server.create({ "report.csv": "old" });
    const send = async (on_conflict: string, text: string, before?: () => Promise<void>) => {
      const url = await begun(id, text.length, { path: on_conflict === "refuse" ? "late" : "report.csv", on_conflict });
      await before?.();
      return patch(url, 0, Buffer.from(text));
    };
    expect((await send("keep_both", "beside")).status).toBe(204);
    expect(await readFile(server.onDisk(id, "report (2).csv"), "utf8")).toBe("beside");
    expect((await send("replace", "new")).status).toBe(204);
    expect(await readFile(server.onDisk(id, "report.csv"), "utf8")).toBe("new");
    const late = await send("refuse", "mine", () => writeFile(server.onDisk(id, "late"), "theirs"));
    expect(late).toMatchObject({ status: 409, body: { detail: expect.stringContaining("“late” is there already") } });
    expect(await readFile(server.onDisk(id, "late"), "utf8")).toBe("theirs");
    expect(await staged()).toEqual([]);
  });
});
