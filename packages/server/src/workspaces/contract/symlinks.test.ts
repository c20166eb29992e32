import { mkdir, mkdtemp, readdir, readFile, readlink, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createWorkspacesServer, type WorkspacesServer } from "../testing-workspaces.ts";

let outside: string;
let roots: [string, string];
let server: WorkspacesServer;
beforeAll(async () => {
  outside = await mkdtemp(path.join(tmpdir(), "stoa-roots-"));
  roots = [path.join(outside, "data"), path.join(outside, "more data")];
  await mkdir(path.join(roots[0], "set", "inner"), { recursive: true });
  await mkdir(roots[1]);
  await mkdir(path.join(outside, "database"));
  await writeFile(path.join(outside, "secret"), "secret");
  await writeFile(path.join(roots[0], "set", "one.csv"), "1,2");
  await writeFile(path.join(roots[0], "set", "inner", "two.csv"), "3,4");
  await writeFile(path.join(roots[1], "three.csv"), "5,6");
  await symlink("set/inner", path.join(roots[0], "alias"));
  await symlink(path.join(roots[1], "three.csv"), path.join(roots[0], "across"));
  await symlink("../secret", path.join(roots[0], "out"));
  await symlink("/etc", path.join(roots[0], "etc"));
  await symlink("loop", path.join(roots[0], "loop"));
  server = await createWorkspacesServer({ config: { symlinkRoots: roots } });
});
afterAll(async () => {
  await server?.close();
  await rm(outside, { recursive: true, force: true });
});

const body = (...symlinks: unknown[]) => ({ name: "n", description: "d", workspace_details: { symlinks } });
const post = (...symlinks: unknown[]) => server.call("POST", "/workspaces/", body(...symlinks));
const put = (id: number, details: object) => server.call("PUT", `/workspaces/${id}/`, { workspace_details: details });
const details = async (id: number) =>
  (await server.call("GET", `/workspaces/${id}/`)).body.data.workspaces[0].workspace_details;
const own = (id: number, what: string, name: string) =>
  server.call("GET", `/api/stoa/v1/workspaces/${id}/files${what}path=${encodeURIComponent(name)}`);

describe("links in a request", () => {
  it("are made below the roots, with their whole objects kept", async () => {
    const asked = [
      { name: "one.csv", source_path: path.join(roots[0], "set", "one.csv"), dataset_uuid: "abc", extra: { n: 1 } },
      { name: "sets/all", path: "set" },
      { name: "third", source_path: "three.csv" },
    ];
    const answer = await post(...asked);
    expect(answer.status, answer.text).toBe(200);
    const { id, workspace_details: shown } = answer.body.data.workspace;
    expect(shown.request_workspace_details.symlinks).toEqual(asked);
    expect(shown.current_workspace_details.symlinks).toEqual([
      { name: "/one.csv" },
      { name: "/sets/all" },
      { name: "/third" },
    ]);
    expect(await readlink(server.onDisk(id, "one.csv"))).toBe(path.join(roots[0], "set", "one.csv"));
    expect(await readlink(server.onDisk(id, "sets", "all"))).toBe(path.join(roots[0], "set"));
    expect(await readlink(server.onDisk(id, "third"))).toBe(path.join(roots[1], "three.csv"));
  });

  it.each([
    [{ name: "x" }, "Symlink path not found: "],
    [{ name: "x", source_path: "" }, "Symlink path not found: "],
    [{ name: "x", source_path: 5 }, "Symlink path not found: "],
    [{ name: "x", dataset_uuid: "set" }, "Symlink path not found: set"],
    [{ name: "x", source_path: "none" }, "Symlink path not found: none"],
    [{ name: "x", source_path: "/etc/passwd" }, "Symlink path not found: /etc/passwd"],
    [{ name: "x", path: "../secret" }, "Symlink path not found: ../secret"],
    [{ name: "x", path: "set/../../secret" }, "Symlink path not found: set/../../secret"],
    [{ name: "x", path: "out" }, "Symlink path not found: out"],
    [{ name: "x", path: "etc/passwd" }, "Symlink path not found: etc/passwd"],
    [{ name: "x", path: "loop" }, "Symlink path not found: loop"],
    [{ name: "x", path: "set\0" }, "Symlink path not found: set\0"],
    [{ name: "../x", path: "set" }, "Symlink name cannot contain double dots."],
    [{ name: "", path: "set" }, "Invalid symlink destination path specified "],
    [{ path: "set" }, "Invalid symlink destination path specified "],
    [{ name: "a//b", path: "set" }, "Invalid symlink destination path specified a//b"],
    ["x", "Missing required fields."],
    [null, "Missing required fields."],
  ])("of %j are refused in the contract's words", async (link, message) => {
    const id = await server.create();
    expect(await post(link)).toMatchObject({ status: 400, body: { success: false, message } });
    expect(await put(id, { symlinks: [link] })).toMatchObject({ status: 400, body: { success: false, message } });
    expect(await readdir(server.onDisk(id))).toEqual([]);
  });

  it("overwrite files and links of their name, never a folder, and lie below no link", async () => {
    const id = await server.create({ file: "old", "folder/x": "x" });
    expect(
      (
        await put(id, {
          symlinks: [
            { name: "file", path: "set" },
            { name: "new/l", path: "set" },
          ],
        })
      ).status,
    ).toBe(200);
    expect((await put(id, { symlinks: [{ name: "file", path: "three.csv", note: "second" }] })).status).toBe(200);
    expect(await readlink(server.onDisk(id, "file"))).toBe(path.join(roots[1], "three.csv"));
    const { request_workspace_details: requested, current_workspace_details: current } = await details(id);
    expect(requested.symlinks).toEqual([
      { name: "file", path: "three.csv", note: "second" },
      { name: "new/l", path: "set" },
    ]);
    expect(current.symlinks).toEqual([{ name: "/file" }, { name: "/new/l" }]);
    expect(current.files).toEqual([{ name: "/folder/x" }]);
    const refused = (name: string) => ({
      status: 400,
      body: { message: `Invalid symlink destination path specified ${name}` },
    });
    for (const name of ["folder", "file/below", "folder/x/y"]) {
      expect(await put(id, { symlinks: [{ name, path: "set" }] })).toMatchObject(refused(name));
    }
    const files = [{ name: "a/b", content: "" }];
    expect(await put(id, { files, symlinks: [{ name: "a", path: "set" }] })).toMatchObject(refused("a"));
    const below = [
      { name: "l", path: "set" },
      { name: "l/m", path: "set" },
    ];
    expect((await put(id, { symlinks: below })).status).toBe(400);
    expect((await put(id, { files: [{ name: "file", content: "back" }] })).status).toBe(200);
    expect(await readFile(server.onDisk(id, "file"), "utf8")).toBe("back");
    expect((await details(id)).current_workspace_details.symlinks).toEqual([{ name: "/new/l" }]);
  });
});

describe("reading through links", () => {
  it("works where they lead below a root, from link to link", async () => {
    const id = await server.create();
    await symlink(roots[0], server.onDisk(id, "data"));
    await symlink(path.join(roots[0], "alias"), server.onDisk(id, "alias"));
    const listed = await own(id, "?", "data/set");
    expect(listed.body.items.map(({ name }: { name: string }) => name)).toEqual(["inner", "one.csv"]);
    expect((await own(id, "/content?", "data/set/one.csv")).text).toBe("1,2");
    expect((await own(id, "/content?", "alias/two.csv")).text).toBe("3,4");
    expect((await own(id, "/content?", "data/alias/two.csv")).text).toBe("3,4");
    expect((await own(id, "/content?", "data/across")).text).toBe("5,6");
    expect((await own(id, "/text?", "data/across")).body.text).toBe("5,6");
    expect((await own(id, "/checksum?", "data/across")).body.size).toBe(3);
    expect((await own(id, "/content?", "data/none")).status).toBe(404);
  });

  it.each([
    ["a path above a root", () => outside, "x/secret"],
    ["a path beside a root that begins like it", () => `${roots[0]}base`, "x"],
    ["a way up out of a root", () => path.join(roots[0], "..", "secret"), "x"],
    ["a link in a root that leads out", () => path.join(roots[0], "out"), "x"],
    ["a folder's link in a root that leads out", () => roots[0], "x/etc/passwd"],
    ["a circle", () => path.join(roots[0], "loop"), "x"],
    ["somewhere in the workspace", () => "real", "x"],
    ["the process's own descriptors", () => "/proc/self/fd/1", "x"],
  ])("is refused for %s", async (_what, target, name) => {
    const id = await server.create({ real: "own" });
    await symlink(target(), server.onDisk(id, "x"));
    for (const what of ["/content?", "/text?", "?"]) expect((await own(id, what, name)).status).toBe(409);
  });

  it("is all there is: nothing is written, moved or removed through one", async () => {
    const id = await server.create({ real: "own" });
    await symlink(roots[0], server.onDisk(id, "data"));
    const files = `/api/stoa/v1/workspaces/${id}/files`;
    const raw = { raw: "x", headers: { "content-type": "text/plain", "if-none-match": "*" } };
    const refused = [
      await server.call("PUT", `${files}/content?path=data/new`, undefined, raw),
      await server.call("PUT", `${files}/text?path=data/new`, undefined, raw),
      await server.call("POST", `${files}/folder`, { path: "data/new" }),
      await server.call("POST", `${files}/move`, { path: "real", to: "data/new" }),
      await server.call("POST", `${files}/move`, { path: "data/set", to: "set" }),
      await server.call("DELETE", `${files}?path=data/set`),
      await put(id, { files: [{ name: "data/new", content: "" }] }),
    ];
    expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 409));
    expect((await readdir(roots[0])).sort()).toEqual(["across", "alias", "etc", "loop", "out", "set"]);
    // The link itself is the person's own.
    expect((await server.call("DELETE", `${files}?path=data`)).status).toBe(200);
    expect(await readdir(path.join(roots[0], "set"))).toEqual(["inner", "one.csv"]);
  });

  it("leads nowhere else when a folder of the root is swapped for a link meanwhile", async () => {
    const id = await server.create();
    const door = path.join(roots[1], "door");
    await mkdir(door);
    await writeFile(path.join(door, "secret"), "shared");
    await symlink(door, server.onDisk(id, "door"));
    let running = true;
    const swapping = (async () => {
      while (running) {
        await rename(door, `${door}-aside`);
        await symlink(outside, door);
        await rm(door);
        await rename(`${door}-aside`, door);
      }
    })();
    let read = 0;
    try {
      for (let round = 0; round < 150; round += 1) {
        const { status, text } = await own(id, "/content?", "door/secret");
        expect([200, 404, 409]).toContain(status);
        if (status !== 200) continue;
        expect(text).toBe("shared");
        read += 1;
      }
    } finally {
      running = false;
      await swapping;
    }
    expect(read).toBeGreaterThan(0);
  });
});
