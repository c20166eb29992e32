import { once } from "node:events";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { type AddressInfo, connect } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createWorkspacesServer, multipart, type WorkspacesServer } from "../testing-workspaces.ts";

const LIMIT = 4 << 20;
let server: WorkspacesServer;
beforeAll(async () => {
  server = await createWorkspacesServer({ limits: { uploadBytes: LIMIT, bodyBytes: 1 << 20 } });
});
afterAll(() => server?.close());

type Files = Parameters<typeof multipart>[0];
const upload = (id: number | string, files: Files, as: "ann" | "bob" = "ann") =>
  server.call("PUT", `/workspaces/${id}/upload/`, undefined, { ...multipart(files), as });
const staged = () => readdir(path.join(server.onDisk(0), "..", ".staging"));

describe("PUT /workspaces/{id}/upload/", () => {
  it("stores every file, in folders where names hold them", async () => {
    const id = await server.create({ "old.txt": "old" });
    const big = Buffer.alloc(2 << 20, "z");
    const answer = await upload(id, [
      { name: "old.txt", content: "new" },
      { name: "دفتر/داده ۱.csv", content: "۱,۲" },
      { name: "a..b", content: big },
      { name: "empty", content: "" },
    ]);
    expect(answer).toMatchObject({ status: 200, body: { message: "Successful upload.", success: true } });
    expect(await readFile(server.onDisk(id, "old.txt"), "utf8")).toBe("new");
    expect(await readFile(server.onDisk(id, "دفتر", "داده ۱.csv"), "utf8")).toBe("۱,۲");
    expect((await readFile(server.onDisk(id, "a..b"))).equals(big)).toBe(true);
    expect(await readFile(server.onDisk(id, "empty"), "utf8")).toBe("");
    expect(await staged()).toEqual([]);
    expect(server.platform.recorded.audit.at(-1)).toMatchObject({
      action: "workspace.upload",
      details: { files: 4, bytes: big.length + 3 + Buffer.byteLength("۱,۲") },
    });
    const [workspace] = (await server.call("GET", `/workspaces/${id}/`)).body.data.workspaces;
    expect(workspace.workspace_details.current_workspace_details.files).toContainEqual({ name: "/دفتر/داده ۱.csv" });
  });

  it("needs files", async () => {
    const id = await server.create();
    const form = multipart([]);
    const field = Buffer.from(
      "------stoa-test-boundary\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n------stoa-test-boundary--\r\n",
    );
    for (const options of [
      form,
      { ...form, raw: field },
      { raw: "{}", headers: { "content-type": "application/json" } },
      {},
    ]) {
      const answer = await server.call("PUT", `/workspaces/${id}/upload/`, undefined, options);
      expect(answer).toMatchObject({ status: 400, body: { success: false, message: "No files found in request." } });
    }
  });

  it.each(["../up.txt", "a/../../up.txt", ".."])("refuses the name %j and stores none of its company", async (name) => {
    const id = await server.create();
    const answer = await upload(id, [
      { name: "fine.txt", content: "fine" },
      { name, content: "x" },
    ]);
    expect(answer).toMatchObject({
      status: 400,
      body: { success: false, message: "File name cannot contain double dots." },
    });
    expect(await readdir(server.onDisk(id))).toEqual([]);
    expect(await staged()).toEqual([]);
  });

  it.each(["x".repeat(300), "a//b", "a/./b"])("refuses the name %j", async (name) => {
    const id = await server.create();
    expect((await upload(id, [{ name, content: "x" }])).status).toBe(400);
    expect(await readdir(server.onDisk(id))).toEqual([]);
  });

  it("keeps right-to-left marks and double dots inside a name", async () => {
    const id = await server.create();
    expect((await upload(id, [{ name: "a\u202etxt..exe", content: "x" }])).status).toBe(200);
    expect(await readdir(server.onDisk(id))).toEqual(["a\u202etxt..exe"]);
  });

  it("goes through no link that a session planted, and replaces one of the file's own name", async () => {
    const id = await server.create();
    const outside = path.join(server.dataDir, "outside");
    await mkdir(outside, { recursive: true });
    await writeFile(path.join(outside, "target"), "untouched");
    await symlink(outside, server.onDisk(id, "link"));
    await symlink(path.join(outside, "target"), server.onDisk(id, "file"));
    const answer = await upload(id, [{ name: "link/evil", content: "x" }]);
    expect(answer).toMatchObject({ status: 409, body: { success: false } });
    expect((await upload(id, [{ name: "file", content: "own" }])).status).toBe(200);
    expect(await readFile(server.onDisk(id, "file"), "utf8")).toBe("own");
    expect(await readdir(outside)).toEqual(["target"]);
    expect(await readFile(path.join(outside, "target"), "utf8")).toBe("untouched");
  });

  it("refuses a file in a folder's place, and stores none of the others", async () => {
    const id = await server.create({ "folder/x": "x" });
    const answer = await upload(id, [
      { name: "first", content: "1" },
      { name: "folder", content: "2" },
    ]);
    expect(answer.status).toBe(409);
    expect(await readdir(server.onDisk(id))).toEqual(["folder"]);
    expect(await staged()).toEqual([]);
  });

  it("refuses more than the limit over all files, and leaves nothing", async () => {
    const id = await server.create();
    const half = Buffer.alloc(LIMIT / 2 + 1);
    const answer = await upload(id, [
      { name: "a", content: half },
      { name: "b", content: half },
    ]);
    expect(answer.status).toBe(413);
    expect(answer.body).toEqual({ success: false, message: `This is larger than the limit of ${LIMIT} bytes.` });
    expect(await readdir(server.onDisk(id))).toEqual([]);
    expect(await staged()).toEqual([]);
  });

  it("knows only the caller's own workspaces", async () => {
    const id = await server.create();
    for (const wrong of [id, "abc", "9007199254740993"]) {
      const answer = await upload(wrong, [{ name: "x", content: "x" }], "bob");
      expect(answer).toMatchObject({ status: 404, body: { message: `Workspace ${wrong} not found for user.` } });
    }
    expect(await readdir(server.onDisk(id))).toEqual([]);
  });

  it("gives two uploads of one name one of their contents, whole", async () => {
    const id = await server.create();
    const contents = ["a", "b", "c", "d"].map((letter) => Buffer.alloc(1 << 20, letter));
    const answers = await Promise.all(contents.map((content) => upload(id, [{ name: "same", content }])));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const got = await readFile(server.onDisk(id, "same"));
    expect(contents.some((content) => content.equals(got))).toBe(true);
    expect(await staged()).toEqual([]);
  });

  it("leaves nothing of an upload that is cut off or damaged", async () => {
    const id = await server.create();
    const { raw, headers } = multipart([
      { name: "whole", content: "whole" },
      { name: "half", content: Buffer.alloc(1 << 20) },
    ]);
    const damaged = await server.call("PUT", `/workspaces/${id}/upload/`, undefined, {
      raw: raw.subarray(0, raw.length - 60),
      headers,
    });
    expect(damaged).toMatchObject({ status: 400, body: { success: false } });
    expect(await readdir(server.onDisk(id))).toEqual([]);

    await server.app.listen({ host: "127.0.0.1", port: 0 });
    const { port } = server.app.server.address() as AddressInfo;
    const socket = connect(port, "127.0.0.1");
    const head = [
      `PUT /workspaces/${id}/upload/ HTTP/1.1`,
      "Host: localhost:8080",
      "Authorization: Bearer zpat_ann",
      `Content-Type: ${headers["content-type"]}`,
      `Content-Length: ${raw.length}`,
    ];
    socket.write(`${head.join("\r\n")}\r\n\r\n`);
    socket.write(raw.subarray(0, 600_000));
    // The first file is whole and the second is being written.
    await expect.poll(async () => (await staged()).length).toBe(2);
    socket.destroy();
    await once(socket, "close");
    await expect.poll(staged).toEqual([]);
    expect(await readdir(server.onDisk(id))).toEqual([]);
  });
});
