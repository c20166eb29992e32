import { readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createWorkspacesServer, type WorkspacesServer } from "../testing-workspaces.ts";

let server: WorkspacesServer;
beforeAll(async () => {
  server = await createWorkspacesServer();
});
afterAll(() => server?.close());

const url = (id: number, what: string, name: string) =>
  `/api/stoa/v1/workspaces/${id}/files${what}?path=${encodeURIComponent(name)}`;
const put = (id: number, name: string, raw: string) =>
  server.call("PUT", url(id, "/content", name), undefined, { raw, headers: { "content-type": "text/plain" } });
const listed = async (id: number) =>
  (await server.call("GET", url(id, "", ""))).body.items.map(({ name }: { name: string }) => name) as string[];

it.each([
  ["ends in a dot", "report."],
  ["ends in dots", "report..."],
  ["is dots only", "..."],
  ["ends in a space", "report "],
  ["begins with a space", " report"],
  ["is a space", " "],
  ["looks like an option", "-rf"],
  ["looks like a home", "~"],
  ["is another system's device", "CON"],
  ["has another system's separators", "C:\\a\\b"],
  ["has a shell's characters", "$(touch x);`y`&|<>*?\"'"],
  ["has an escaped way up", "%2e%2e%2fetc"],
  ["has an escaped NUL", "a%00b"],
  ["has composed letters", "\u00e9.txt"],
  ["has decomposed letters", "e\u0301.txt"],
  ["has a right-to-left override", "exe.\u202egpj"],
  ["has marks of direction", "\u200fگزارش\u200e.pdf"],
  ["has a joiner", "می\u200cخواهم"],
  ["begins with a byte order mark", "\ufeffa.txt"],
  ["has line separators of Unicode", "a\u2028b\u2029c"],
  ["has no characters that are any", "a\uffff\ufffe"],
  ["has emoji of several parts", "👩‍🔬🏳️‍🌈.ipynb"],
  ["has letters beyond the first plane", "𝒜𐎠.txt"],
  ["has 255 bytes of ASCII", "x".repeat(255)],
  ["has 255 bytes of Persian", `${"ش".repeat(127)}x`],
  ["has many combining marks", `a${"\u0301".repeat(100)}`],
])("keeps a name that %s, byte for byte, on all ways", async (_what, name) => {
  const id = await server.create();
  expect((await put(id, name, "one")).body).toMatchObject({ name, path: name });
  expect((await readdir(server.onDisk(id), { encoding: "buffer" }))[0]).toEqual(Buffer.from(name));
  expect(await listed(id)).toEqual([name]);
  expect((await server.call("GET", url(id, "/content", name))).text).toBe("one");
  const move = (from: string, to: string) =>
    server.call("POST", `/api/stoa/v1/workspaces/${id}/files/move`, { path: from, to });
  expect((await move(name, `folder/${name}`)).body.path).toBe(`folder/${name}`);
  expect((await move(`folder/${name}`, name)).status).toBe(200);
  const found = await server.call("GET", `${url(id, "/search", "")}&query=${encodeURIComponent(name.slice(0, 80))}`);
  if (name.trim() !== "" && name.length < 200)
    expect(found.body.items.map((item: { path: string }) => item.path)).toContain(name);
  const { body } = await server.call("DELETE", url(id, "", name));
  expect(body.path).toBe(name);
  expect((await server.call("POST", `/api/stoa/v1/trash/${body.id}/restore`)).body.path).toBe(name);
  expect(await listed(id)).toContain(name);
});

it("keeps apart what differs in case, composition or invisible characters only", async () => {
  const id = await server.create();
  const names = ["A.txt", "a.txt", "\u00e9", "e\u0301", "a\u200c", "a", "a.", "a "];
  for (const name of names) expect((await put(id, name, name)).status).toBe(200);
  for (const name of names) expect((await server.call("GET", url(id, "/content", name))).text).toBe(name);
  expect((await listed(id)).sort()).toEqual(names.sort());
  expect((await server.call("DELETE", url(id, "", "A.txt"))).status).toBe(200);
  expect(await listed(id)).toContain("a.txt");
});

it.each([
  "..",
  "a/..",
  ".",
  "a/./b",
  "",
  "a//b",
  "\u0000",
  "a\nb",
  "\u007f",
  "\u0085",
  "x".repeat(256),
  "ش".repeat(128),
])("makes no name from %j, by whatever call", async (name) => {
  const id = await server.create({ own: "x" });
  const way = { path: "own", to: name };
  const refused = [
    await put(id, name, "x"),
    await server.call("POST", `/api/stoa/v1/workspaces/${id}/files/folder`, { path: name }),
    await server.call("POST", `/api/stoa/v1/workspaces/${id}/files/move`, way),
    await server.call("POST", `/api/stoa/v1/workspaces/${id}/files/copy`, way),
  ];
  expect(refused.map(({ status }) => status)).toEqual([400, 400, 400, 400]);
  expect(await readdir(server.onDisk(id))).toEqual(["own"]);
});

it("reaches what a session named worse than it would", async () => {
  const id = await server.create();
  for (const name of ["a\nb", "\u001b[31mred", "tab\t"]) await writeFile(path.join(server.onDisk(id), name), "x");
  for (const name of await listed(id)) {
    expect((await server.call("GET", url(id, "/content", name))).text).toBe("x");
    expect((await server.call("DELETE", url(id, "", name))).status).toBe(200);
  }
  expect(await listed(id)).toEqual([]);
});

it("has room for a longer path than any file system's call takes, and says when it is too long", async () => {
  const id = await server.create();
  const deep = Array.from({ length: 15 }, (_, index) => `${index}`.padEnd(250, "x")).join("/");
  expect((await put(id, deep, "deep")).status).toBe(200);
  expect((await server.call("GET", url(id, "/content", deep))).text).toBe("deep");
  expect((await put(id, `${deep}/${"y".repeat(250)}`, "x")).status).toBe(400);
});
