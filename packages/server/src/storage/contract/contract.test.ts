import { mkdir, readdir, readFile, rename, stat, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createStorageServer, type StorageServer } from "../testing-storage.ts";

let storage: StorageServer;
beforeAll(async () => {
  storage = await createStorageServer();
});
afterAll(() => storage?.close());

const onDisk = (...parts: string[]) => path.join(storage.base, ...parts);
const there = async (...parts: string[]) => (await stat(onDisk(...parts)).catch(() => null)) !== null;
const quota = 10 * 2 ** 30;

describe("who may ask", () => {
  it("takes the key, and answers contract 1's 401 without it or with another", async () => {
    const refusal = { status: 401, body: { detail: "Unauthorized" } };
    expect(await storage.server.call("GET", "/api/v1/storages/")).toMatchObject(refusal);
    const wrong = { headers: { "x-api-key": "another key, just as long as that" } };
    expect(await storage.server.call("GET", "/api/v1/storages/", wrong)).toMatchObject(refusal);
    expect((await storage.hub("GET", "/api/v1/storages/")).status).toBe(200);
  });

  it("takes an administrator's token, and nobody else's", async () => {
    const { server, admin } = storage;
    expect((await server.call("GET", "/api/v1/storages", { as: admin })).status).toBe(200);
    const person = await server.person("student");
    expect((await server.call("GET", "/api/v1/storages", { as: person })).status).toBe(403);
    expect((await server.call("POST", "/api/v1/users/", { as: person, body: { name: "student" } })).status).toBe(403);
    expect((await server.call("DELETE", "/api/v1/users/student", { as: person })).status).toBe(403);
  });

  it("answers without the prefix to who bears the key, as the original did on its own port", async () => {
    expect((await storage.hub("GET", "/storages/")).status).toBe(200);
    expect((await storage.hub("GET", "/users/nobody")).body).toEqual({ detail: "Not Found" });
  });
});

describe("a person's directory", () => {
  it("is made with its quota, and read with both", async () => {
    expect(await storage.hub("POST", "/api/v1/users/", { name: "ada", quota })).toMatchObject({
      status: 204,
      body: "",
    });
    expect((await stat(onDisk("ada"))).isDirectory()).toBe(true);
    expect((await storage.hub("GET", "/api/v1/users/ada")).body).toEqual({
      name: "ada",
      quota,
      disk_usage: expect.any(Number),
    });
  });

  it("keeps its quota when it is asked for again without one, or with 0", async () => {
    await storage.hub("POST", "/api/v1/users", { name: "kept", quota });
    expect((await storage.hub("POST", "/api/v1/users", { name: "kept" })).status).toBe(204);
    expect((await storage.hub("POST", "/api/v1/users", { name: "kept", quota: 0 })).status).toBe(204);
    expect((await storage.hub("GET", "/api/v1/users/kept")).body).toMatchObject({ quota });
    expect((await storage.hub("POST", "/api/v1/users", { name: "kept", quota: quota / 2 })).status).toBe(204);
    expect((await storage.hub("GET", "/api/v1/users/kept/")).body).toMatchObject({ quota: quota / 2 });
  });

  it("takes numbers in texts and fields that nobody knows", async () => {
    const body = { name: "lenient", quota: "4096", disk_usage: 7, colour: "blue" };
    expect((await storage.hub("POST", "/api/v1/users/", body)).status).toBe(204);
    expect((await storage.hub("GET", "/api/v1/users/lenient")).body).toMatchObject({ quota: 4096 });
  });

  it("made by others counts, and is adopted as it is", async () => {
    await mkdir(onDisk("found"));
    await writeFile(onDisk("found", "thesis.tex"), "x".repeat(1000));
    expect((await storage.hub("GET", "/api/v1/users/found")).body).toMatchObject({ name: "found", quota: 0 });
    await storage.storage.upkeep.scan.round();
    const { body } = await storage.hub("GET", "/api/v1/users/found");
    expect((body as { disk_usage: number }).disk_usage).toBeGreaterThanOrEqual(1000);
  });

  it("is made once when fifty ask for it at once", async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => storage.hub("POST", "/api/v1/users/", { name: "crowd", quota })),
    );
    expect(answers.filter(({ status }) => status !== 204).map(({ body }) => body)).toEqual([]);
    const { rows } = await storage.server.database.pool.query(
      "select count(*)::int as n from storage_subjects where name = 'crowd'",
    );
    expect(rows).toEqual([{ n: 1 }]);
  });

  it("is made anew when somebody removed it by hand, and a hook asks again", async () => {
    await storage.hub("POST", "/api/v1/users/", { name: "removed" });
    const { rmdir } = await import("node:fs/promises");
    await rmdir(onDisk("removed"));
    expect((await storage.hub("POST", "/api/v1/users/", { name: "removed" })).status).toBe(204);
    expect(await there("removed")).toBe(true);
  });
});

describe("names", () => {
  const refused = [
    "a b",
    "a/b",
    "a.b",
    "..",
    ".",
    "a\0b",
    "naïve!",
    "ünï@",
    "a\nb",
    "Ж",
    "日本",
    "a'b",
    "$(id)",
    "a;b",
    "-".repeat(201),
  ];
  it.each(refused)("refuses %j, and makes nothing", async (name) => {
    const before = await readdir(storage.base);
    const answer = await storage.hub("POST", "/api/v1/users/", { name });
    expect(answer.status).toBe(400);
    if (name.length < 100) {
      expect(answer.body).toEqual({ detail: `Path '${name}' contains forbidden characters` });
      const address = `/api/v1/users/${encodeURIComponent(name)}`;
      // A segment of dots is taken out of an address before anybody sees it.
      if (!/^\.+$/.test(name)) expect((await storage.hub("GET", address)).status).toBe(400);
    }
    expect(await readdir(storage.base)).toEqual(before);
  });

  it("takes accented Latin letters, one name in NFC and NFD", async () => {
    expect((await storage.hub("POST", "/api/v1/users/", { name: "José_Ł-ß", quota: 4096 })).status).toBe(204);
    expect(
      (await storage.hub("POST", "/api/v1/users/", { name: "José_Ł-ß".normalize("NFD"), quota: 8192 })).status,
    ).toBe(204);
    expect((await storage.hub("GET", `/api/v1/users/${encodeURIComponent("José_Ł-ß".normalize("NFD"))}`)).body).toEqual(
      {
        name: "José_Ł-ß",
        quota: 8192,
        disk_usage: expect.any(Number),
      },
    );
  });
});

describe("bodies", () => {
  const issue = (type: string, loc: readonly string[], msg: string) => ({
    status: 422,
    body: { detail: [expect.objectContaining({ type, loc: ["body", ...loc], msg })] },
  });
  const cases: [unknown, ReturnType<typeof issue>][] = [
    [{}, issue("missing", ["name"], "Field required")],
    [{ name: 5 }, issue("string_type", ["name"], "Input should be a valid string")],
    [{ name: "q", quota: -1 }, issue("greater_than_equal", ["quota"], "Input should be greater than or equal to 0")],
    [{ name: "q", quota: "-5" }, issue("greater_than_equal", ["quota"], "Input should be greater than or equal to 0")],
    [
      { name: "q", quota: 1.5 },
      issue("int_from_float", ["quota"], "Input should be a valid integer, got a number with a fractional part"),
    ],
    [
      { name: "q", quota: "many" },
      issue("int_parsing", ["quota"], "Input should be a valid integer, unable to parse string as an integer"),
    ],
    [{ name: "q", quota: null }, issue("int_type", ["quota"], "Input should be a valid integer")],
    [
      { name: "q", quota: 2 ** 53 },
      issue("int_parsing_size", ["quota"], "Unable to parse input string as an integer, exceeded maximum size"),
    ],
    [
      { name: "q", quota: String(2n ** 63n) },
      issue("less_than_equal", ["quota"], `Input should be less than or equal to ${Number.MAX_SAFE_INTEGER}`),
    ],
  ];
  it.each(cases)("refuses %j in FastAPI's shape", async (body, expected) => {
    expect(await storage.hub("POST", "/api/v1/users/", body)).toMatchObject(expected);
    expect(await there("q")).toBe(false);
  });
});

describe("the list", () => {
  it("has people by name, the groups' sum, and groups with their prefix", async () => {
    const fresh = await createStorageServer();
    try {
      for (const name of ["zoe", "ann"]) await fresh.hub("POST", "/api/v1/users/", { name, quota: 4096 });
      for (const name of ["lab", "class"]) await fresh.hub("POST", "/api/v1/groups/", { name, quota: 1000 });
      const lines = (await fresh.hub("GET", "/api/v1/storages/")).body as [string, number, number][];
      expect(lines.map(([name, allowed]) => [name, allowed])).toEqual([
        ["ann", 4096],
        ["zoe", 4096],
        ["groups", 2000],
        ["groups/class", 1000],
        ["groups/lab", 1000],
      ]);
      // Empty ones may have been counted by now: a folder has a size of its own.
      const used = new Map(lines.map(([name, , bytes]) => [name, bytes]));
      expect(used.get("groups")).toBe((used.get("groups/class") ?? 0) + (used.get("groups/lab") ?? 0));
    } finally {
      await fresh.close();
    }
  });
});

describe("defects of the original that must not come back", () => {
  it("deletes the group of a name, and leaves the person of that name alone", async () => {
    await storage.hub("POST", "/api/v1/users/", { name: "twin" });
    await storage.hub("POST", "/api/v1/groups/", { name: "twin" });
    await writeFile(onDisk("twin", "mine.txt"), "the person's");
    await writeFile(onDisk("groups", "twin", "ours.txt"), "the group's");
    expect((await storage.hub("DELETE", "/api/v1/groups/twin")).status).toBe(204);
    expect(await there("groups", "twin")).toBe(false);
    expect(await readFile(onDisk("twin", "mine.txt"), "utf8")).toBe("the person's");
    expect((await storage.hub("GET", "/api/v1/groups/twin")).status).toBe(404);
    expect((await storage.hub("GET", "/api/v1/users/twin")).status).toBe(200);
  });

  it("refuses a person named groups, and an empty name", async () => {
    await storage.hub("POST", "/api/v1/groups/", { name: "stays" });
    for (const name of ["groups", ""]) {
      expect((await storage.hub("POST", "/api/v1/users/", { name })).status, name).toBe(400);
    }
    expect((await storage.hub("DELETE", "/api/v1/users/groups")).status).toBe(400);
    expect((await storage.hub("GET", "/api/v1/users/groups")).status).toBe(400);
    expect([404, 405]).toContain((await storage.hub("DELETE", "/api/v1/users/")).status);
    expect(await there("groups", "stays")).toBe(true);
    expect((await storage.hub("POST", "/api/v1/groups/", { name: "groups" })).status).toBe(204);
  });

  it("says where a quota is enforced by nobody, and answers it all the same", async () => {
    await storage.hub("POST", "/api/v1/users/", { name: "unheld", quota: 4096 });
    const { body } = await storage.ask("GET", "/subjects?search=unheld");
    expect(body).toMatchObject({ items: [{ name: "unheld", quota: 4096, enforced: false }] });
    expect((await storage.ask("GET", "")).body).toMatchObject({ back_end: { capabilities: { enforced_by: null } } });
  });

  it("answers usage without walking anything: a figure, however large the tree, and its age", async () => {
    await storage.hub("POST", "/api/v1/users/", { name: "large" });
    await storage.storage.upkeep.scan.round();
    const read = async () => (await storage.hub("GET", "/api/v1/users/large")).body as { disk_usage: number };
    const { disk_usage: before } = await read();
    await writeFile(onDisk("large", "new.bin"), Buffer.alloc(100_000));
    expect((await read()).disk_usage).toBe(before);
    await storage.ask("POST", "/recount", {});
    await storage.storage.upkeep.scan.round();
    await expect.poll(async () => (await read()).disk_usage).toBeGreaterThanOrEqual(before + 100_000);
  });

  it("deletes into the trash, answers 204, and gives everything back", async () => {
    await storage.hub("POST", "/api/v1/users/", { name: "gone", quota });
    await writeFile(onDisk("gone", "work.txt"), "years of it");
    expect(await storage.hub("DELETE", "/api/v1/users/gone")).toMatchObject({ status: 204, body: "" });
    expect(await there("gone")).toBe(false);
    expect((await storage.hub("GET", "/api/v1/users/gone")).status).toBe(404);
    expect((await storage.hub("DELETE", "/api/v1/users/gone")).status).toBe(404);
    const { body } = await storage.ask("GET", "/trash");
    const item = (body as { items: { id: number; name: string }[] }).items.find(({ name }) => name === "gone");
    expect((await storage.ask("POST", `/trash/${item?.id}/restore`)).status).toBe(200);
    expect(await readFile(onDisk("gone", "work.txt"), "utf8")).toBe("years of it");
    expect((await storage.hub("GET", "/api/v1/users/gone")).body).toMatchObject({ quota });
  });

  it("says, where the base is gone, why it answers 503", async () => {
    await rename(storage.base, `${storage.base}-away`);
    try {
      const asked = [
        await storage.hub("GET", "/api/v1/users/unheard-of"),
        await storage.hub("POST", "/api/v1/users/", { name: "unheard-of", quota }),
        await storage.hub("DELETE", "/api/v1/users/unheard-of"),
      ];
      for (const { status, body } of asked) {
        expect(status).toBe(503);
        expect((body as { detail: string }).detail).toContain(storage.base);
        expect((body as { detail: string }).detail).toMatch(/Nothing was changed\. Try again shortly\.$/);
      }
    } finally {
      await rename(`${storage.base}-away`, storage.base);
    }
  });

  it("keeps a deleted one in the trash while another has its name, and says the way out", async () => {
    await storage.hub("POST", "/api/v1/users/", { name: "twice" });
    await storage.hub("DELETE", "/api/v1/users/twice");
    await storage.hub("POST", "/api/v1/users/", { name: "twice" });
    const { items } = (await storage.ask("GET", "/trash")).body as { items: { id: number; name: string }[] };
    const id = items.find(({ name }) => name === "twice")?.id;
    const refused = await storage.ask("POST", `/trash/${id}/restore`);
    expect(refused).toMatchObject({ status: 409, body: { details: { reason: "name_taken" } } });
    expect(JSON.stringify(refused.body)).toContain("Delete that one, then restore this");
    expect((await storage.hub("DELETE", "/api/v1/users/twice")).status).toBe(204);
    expect((await storage.ask("POST", `/trash/${id}/restore`)).status).toBe(200);
  });

  it("follows no link out of the base path, by any call", async () => {
    const outside = path.join(storage.base, "..", "outside");
    await mkdir(outside);
    await writeFile(path.join(outside, "secret.txt"), "x".repeat(50_000));
    await symlink(outside, onDisk("linked"));
    // What is only a link is no directory of anybody's, and is not made one.
    expect((await storage.hub("GET", "/api/v1/users/linked")).status).toBe(404);
    expect((await storage.hub("POST", "/api/v1/users/", { name: "linked" })).status).toBe(409);
    await storage.hub("POST", "/api/v1/users/", { name: "linker" });
    await symlink(outside, onDisk("linker", "way-out"));
    await storage.ask("POST", "/recount", {});
    await storage.storage.upkeep.scan.round();
    const usage = (await storage.hub("GET", "/api/v1/users/linker")).body as { disk_usage: number };
    expect(usage.disk_usage).toBeLessThan(50_000);
    expect((await storage.hub("DELETE", "/api/v1/users/linker")).status).toBe(204);
    await storage.ask("DELETE", "/trash");
    await storage.server.operations.runAll();
    expect(await readdir(outside)).toEqual(["secret.txt"]);
  });
});
