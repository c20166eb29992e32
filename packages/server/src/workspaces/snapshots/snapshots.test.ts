import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createInProcessFileWork } from "../file-work/in-process.ts";
import { createDirectories } from "../files/directories.ts";
import { createPast, type Past, type PastPerson } from "./testing-past.ts";

const HOUR = 3_600_000;
let past: Past;
let ada: PastPerson;
beforeAll(async () => {
  past = await createPast();
});
beforeEach(async () => {
  ada = await past.begin();
});
afterEach(() => {
  past.double.mode = "well";
  past.double.requireUntouched();
});
afterAll(() => past?.close());

describe("the list of snapshots", () => {
  it("is newest first, says which are ours, and begins with the workspace", async () => {
    past.double.take("before it", ada.subject, new Date(Date.now() - HOUR));
    past.double.take("stoa-weekly-2026W47", ada.subject, new Date(Date.now() + HOUR));
    past.double.take("before-upgrade", ada.subject, new Date(Date.now() + 2 * HOUR));
    await expect.poll(async () => (await ada.list()).body.items.length).toBe(2);
    const { status, body } = await ada.list();
    expect([status, body.possible, body.why_not]).toEqual([200, true, null]);
    expect(body.items).toMatchObject([
      { name: "before-upgrade", period: null, created_at: expect.stringMatching(/^\d{4}-.*Z$/) },
      { name: "stoa-weekly-2026W47", period: "weekly" },
    ]);
    for (const refused of [await ada.browse("before it"), await ada.content("before it", "a")]) {
      expect([refused.status, refused.body.details.reason]).toEqual([404, "no_snapshot"]);
    }
    expect((await ada.restore("before it", ["a"])).status).toBe(404);
    expect(readdirSync(ada.live())).toEqual(["a"]);
    for (const name of ["before it", "stoa-weekly-2026W47", "before-upgrade"]) past.double.end(name, ada.subject);
  });

  it("asks the storage once for many, and again only after a while", async () => {
    const before = past.double.asked;
    const answers = await Promise.all(Array.from({ length: 20 }, () => ada.list()));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect((await ada.list()).status).toBe(200);
    expect(past.double.asked - before).toBe(1);
  });

  it.each(["away", "elsewhere"] as const)("says why nobody can look when the storage is %s", async (mode) => {
    const name = ada.take();
    past.double.mode = mode;
    const why = mode === "away" ? "away" : "not_browsable";
    expect((await ada.list()).body).toEqual({ items: [], possible: false, why_not: why });
    expect((await ada.browse(name)).status).toBe(mode === "away" ? 503 : 404);
    past.double.mode = "well";
    expect((await ada.list()).body).toMatchObject({ possible: true, items: [{ name }] });
  });

  it("says that nobody makes any", async () => {
    expect((await ada.list()).body).toEqual({ items: [], possible: false, why_not: "no_snapshots" });
  });

  it("says that workspaces lie apart from the storage", async () => {
    const { server, dataDir, makeWorkspace } = past.ground;
    const zoe = await server.person("zoe");
    mkdirSync(path.join(dataDir, "workspaces", String(zoe.id), "77"), { recursive: true });
    const apart = await makeWorkspace(zoe);
    const list = await ada.ask("GET", `${apart}/snapshots`, undefined, zoe);
    expect(list.body).toEqual({ items: [], possible: false, why_not: "not_inside" });
    expect((await ada.ask("GET", `${apart}/snapshots/s1/files`, undefined, zoe)).status).toBe(404);
  });
});

describe("a folder as it was", () => {
  it("tells of each entry whether it is the same, changed or gone", async () => {
    for (const folder of ["kept", "closed", "turned"]) mkdirSync(ada.live(folder));
    for (const file of ["same", "longer", "newer", "gone", "kept/inner", "turned/x", "closed/x"]) {
      writeFileSync(ada.live(file), "as it was");
    }
    for (const link of ["link", "other-link"]) symlinkSync("same", ada.live(link));
    const name = ada.take();
    writeFileSync(ada.live("longer"), "as it was, and more");
    utimesSync(ada.live("newer"), 1_000_000, 2_000_000);
    rmSync(ada.live("gone"));
    rmSync(ada.live("turned"), { recursive: true });
    writeFileSync(ada.live("turned"), "a file now");
    rmSync(ada.live("other-link"));
    symlinkSync("elsewhere", ada.live("other-link"));
    writeFileSync(ada.live("came later"), "");

    const { status, body } = await ada.browse(name);
    expect(status).toBe(200);
    expect(body).toMatchObject({ path: "", next_cursor: null });
    expect(body.items.map((one: { name: string; now: string }) => `${one.name} ${one.now}`)).toEqual([
      ...["closed same", "kept same", "turned changed", "a same", "gone gone", "link same", "longer changed"],
      ...["newer changed", "other-link changed", "same same"],
    ]);
    expect(body.items[4]).toMatchObject({ path: "gone", type: "file", size: 9, openable: true });
    const inner = async (folder: string) => (await ada.browse(name, `?path=${folder}`)).body.items;
    expect(await inner("kept")).toMatchObject([{ path: "kept/inner", now: "same" }]);
    expect(await inner("turned")).toMatchObject([{ path: "turned/x", now: "gone" }]);
    renameSync(ada.live("kept"), ada.live("renamed"));
    expect(await inner("kept")).toMatchObject([{ path: "kept/inner", now: "gone" }]);
  });

  it("comes a page at a time, in the order of every folder", async () => {
    for (let n = 0; n < 25; n += 1) writeFileSync(ada.live(`f${String(n).padStart(2, "0")}`), "");
    const name = ada.take();
    const seen: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const { body } = await ada.browse(name, `?limit=10${cursor === "" ? "" : `&cursor=${cursor}`}`);
      seen.push(...body.items.map((one: { name: string }) => one.name));
      cursor = body.next_cursor;
    }
    expect(seen).toEqual(["a", ...Array.from({ length: 25 }, (_, n) => `f${String(n).padStart(2, "0")}`)]);
  });

  it("is given out as every file is", async () => {
    const name = ada.take();
    writeFileSync(ada.live("a"), "something else");
    const whole = await ada.content(name, "a");
    expect([whole.status, whole.body]).toEqual([200, "text"]);
    expect(whole.headers).toMatchObject({
      "content-type": "application/octet-stream",
      "content-disposition": expect.stringContaining('attachment; filename="a"'),
      "x-content-type-options": "nosniff",
      "content-security-policy": "default-src 'none'; sandbox",
      "cache-control": "private, no-store",
    });
    const part = await ada.content(name, "a", { range: "bytes=1-2" });
    expect([part.status, part.body, part.headers["content-range"]]).toEqual([206, "ex", "bytes 1-2/4"]);
    expect((await ada.content(name, "a", { "if-none-match": String(whole.headers.etag) })).status).toBe(304);
    expect((await ada.content(name, "a", { range: "bytes=9-" })).status).toBe(416);
    expect((await ada.ask("HEAD", `${ada.id}/snapshots/${name}/content?path=a`)).headers["content-length"]).toBe("4");
    expect((await ada.content(name, "none")).status).toBe(404);
  });
});

describe("nobody gets out of it", () => {
  it.each(["...", "../../etc", "a/b", "%", "no\nname", "", "x".repeat(300)])(
    "by a snapshot called %j",
    async (name) => {
      expect((await ada.browse(name)).status).toBeGreaterThanOrEqual(400);
      expect((await ada.browse(name)).status).toBeLessThan(500);
    },
  );

  it("by a name that is on the disk and in no list", async () => {
    mkdirSync(ada.was("planted", "workspaces", String(ada.id)), { recursive: true });
    writeFileSync(ada.was("planted", "workspaces", String(ada.id), "secret"), "x");
    expect(await ada.browse("planted")).toMatchObject({
      status: 404,
      body: { detail: "There is no snapshot planted here." },
    });
    expect((await ada.content("planted", "secret")).status).toBe(404);
    rmSync(ada.was("planted"), { recursive: true });
  });

  it.each(["../../../../../etc/passwd", "folder/../../x", "/../x", "./a"])("by the path %j", async (file) => {
    const name = ada.take();
    expect((await ada.content(name, file)).status).toBe(400);
    expect((await ada.browse(name, `?path=${file}`)).status).toBe(400);
  });

  it("by links: they are shown and never followed", async () => {
    const other = await past.ground.makeWorkspace(ada.person);
    symlinkSync("/etc", ada.live("etc"));
    symlinkSync("/etc/passwd", ada.live("passwd"));
    symlinkSync(`../${other}`, ada.live("neighbour"));
    const name = ada.take();
    const shown = (await ada.browse(name)).body.items.map(({ type }: { type: string }) => type);
    expect(shown).toEqual(["file", "symlink", "symlink", "symlink"]);
    for (const file of ["passwd", "etc/passwd", "neighbour/a"])
      expect((await ada.content(name, file)).status).toBe(409);
    for (const folder of ["etc", "neighbour"]) expect((await ada.browse(name, `?path=${folder}`)).status).toBe(409);
  });

  it("by folders of theirs that were links then", async () => {
    const name = ada.take();
    const place = ada.was(name, "workspaces");
    renameSync(place, `${place}-away`);
    for (const target of ["/etc", path.dirname(ada.live())]) {
      symlinkSync(target, place);
      const answer = await ada.browse(name);
      expect([answer.status, answer.body.details.reason]).toEqual([404, "not_in_snapshot"]);
      rmSync(place);
    }
    past.double.end(name, ada.subject);
  });

  it("to somebody else's workspace, nor to one that is deleted", async () => {
    const name = ada.take();
    const mallory = await past.begin();
    past.double.take(name, mallory.subject);
    for (const as of [mallory.person, past.ground.admin]) {
      for (const refused of [
        await ada.list(as),
        await ada.browse(name, "", as),
        await ada.restore(name, ["a"], "replace", as),
      ]) {
        expect([refused.status, refused.body.detail]).toEqual([404, "There is no workspace here."]);
      }
    }
    expect((await mallory.browse(name)).status).toBe(200);
    await past.ground.server.call("DELETE", `/workspaces/${ada.id}/`, { as: ada.person });
    expect((await ada.list()).status).toBe(404);
    expect((await ada.browse(name)).status).toBe(404);
  });

  it.each(["..", ".", "a/b", "../../..", "", "x\0"])("by %j, were it to reach the work on files", async (asOf) => {
    const directories = createDirectories(past.ground.dataDir, "node");
    const files = createInProcessFileWork({ directories, symlinkRoots: [] });
    const question = { workspace: ada.id, asOf, parts: [], limit: 10 };
    await expect(files.run(ada.person.id, "listFolderAsOf", question)).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("what is not there", () => {
  it("says that the workspace came later than the snapshot", async () => {
    const name = ada.take();
    const later = await past.ground.makeWorkspace(ada.person);
    const answer = await ada.ask("GET", `${later}/snapshots/${name}/files`);
    expect([answer.status, answer.body.details.reason]).toEqual([404, "not_in_snapshot"]);
    expect(answer.body.detail).toBe(`There is no copy of this workspace in the snapshot ${name} here.`);
  });

  it("says that a snapshot has gone since it was listed", async () => {
    const name = ada.take();
    expect((await ada.browse(name)).status).toBe(200);
    past.double.end(name, ada.subject);
    const answer = await ada.browse(name);
    expect([answer.status, answer.body.details.reason]).toEqual([404, "no_snapshot"]);
    expect((await ada.restore(name, ["a"], "replace")).status).toBe(404);
    expect(readFileSync(ada.live("a"), "utf8")).toBe("text");
  });

  it("finds one that was taken a moment ago, whatever the last list said", async () => {
    await ada.list();
    const name = ada.take();
    await expect.poll(async () => (await ada.browse(name)).status, { timeout: 5_000 }).toBe(200);
  });
});
