import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createWorkspacesServer, type WorkspacesServer } from "../testing-workspaces.ts";

let server: WorkspacesServer;
beforeAll(async () => {
  server = await createWorkspacesServer();
});
afterAll(() => server?.close());

const put = (id: number, query: string, raw: string, headers: Record<string, string> = {}) =>
  server.call("PUT", `/api/stoa/v1/workspaces/${id}/files/content?${query}`, undefined, {
    raw,
    headers: { "content-type": "text/plain", ...headers },
  });
const read = (id: number, name: string) => readFile(server.onDisk(id, name), "utf8");
const staged = () => readdir(path.join(server.onDisk(0), "..", ".staging"));
const onlyNew = { "if-none-match": "*" };

it("replaces unless told otherwise", async () => {
  const id = await server.create({ "hello.txt": "old" });
  expect((await put(id, "path=hello.txt", "new")).status).toBe(200);
  expect((await put(id, "path=hello.txt&on_conflict=replace", "newer")).status).toBe(200);
  expect(await read(id, "hello.txt")).toBe("newer");
});

it("refuses a name that is taken, and says which, as it is written", async () => {
  const id = await server.create({ "hello.txt": "old" });
  const refused = await put(id, "path=hello.txt&on_conflict=refuse", "new");
  expect(refused).toMatchObject({ status: 409, body: { detail: "“hello.txt” is there already." } });
  expect(await read(id, "hello.txt")).toBe("old");
  const made = await put(id, "path=in/other.txt&on_conflict=refuse", "new");
  expect(made).toMatchObject({ status: 200, body: { path: "in/other.txt", size: 3 } });
  expect([await read(id, "in/other.txt"), await staged()]).toEqual(["new", []]);
});

it("keeps both, and says where the new one is", async () => {
  const id = await server.create({ "in/hello.txt": "old" });
  const kept = await put(id, "path=in/hello.txt&on_conflict=keep_both", "new");
  expect(kept).toMatchObject({ status: 200, body: { path: "in/hello (2).txt", size: 3 } });
  expect([await read(id, "in/hello.txt"), await read(id, "in/hello (2).txt")]).toEqual(["old", "new"]);
});

it("makes a new file only, by If-None-Match: *, whatever the query says", async () => {
  const id = await server.create({ "hello.txt": "old", "folder/x": "x" });
  for (const query of ["path=hello.txt", "path=hello.txt&on_conflict=replace", "path=folder"]) {
    expect((await put(id, query, "new", onlyNew)).status, query).toBe(412);
  }
  expect((await put(id, "path=hello.txt/inner", "new", onlyNew)).status, "not the name itself").toBe(409);
  expect((await put(id, "path=new.txt", "new", onlyNew)).status).toBe(200);
  expect([await read(id, "hello.txt"), await read(id, "new.txt"), await staged()]).toEqual(["old", "new", []]);
});

it("one of two at once gets the name", async () => {
  const id = await server.create({});
  const both = await Promise.all(["1", "2"].map((text) => put(id, "path=one.txt", text, onlyNew)));
  expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
  expect(await staged()).toEqual([]);
});

it("says so of what it does not understand", async () => {
  const id = await server.create({ "hello.txt": "old" });
  expect((await put(id, "path=hello.txt&on_conflict=maybe", "new")).status).toBe(400);
  expect((await put(id, "path=hello.txt", "new", { "if-none-match": '"abc"' })).status).toBe(400);
  expect(await read(id, "hello.txt")).toBe("old");
});
