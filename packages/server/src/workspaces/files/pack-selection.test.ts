import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { fromBufferPromise } from "yauzl";
import { createInProcessFileWork } from "../file-work/in-process.ts";
import { createDirectories } from "./directories.ts";

let home = "";
beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), "stoa-pack-"));
  await mkdir(path.join(home, "data/workspaces/1/1"), { recursive: true });
  await mkdir(path.join(home, "shared/set"), { recursive: true });
  await mkdir(path.join(home, "secret"));
  await writeFile(path.join(home, "shared/set/a.csv"), "shared");
  await writeFile(path.join(home, "secret/key"), "secret");
  await symlink("..", path.join(home, "shared/set/round"));
  await symlink(path.join(home, "secret/key"), path.join(home, "shared/out"));
  const links = {
    set: "shared/set",
    file: "shared/set/a.csv",
    out: "shared/out",
    secret: "secret",
    "secret file": "secret/key",
  };
  for (const [name, target] of Object.entries(links)) {
    await symlink(path.join(home, target), path.join(home, "data/workspaces/1/1", name));
  }
});
afterAll(() => rm(home, { recursive: true, force: true }));

async function pack(paths: string[][], symlinkRoots: string[], entries = 500) {
  const directories = createDirectories(path.join(home, "data"), "node");
  const files = createInProcessFileWork({ directories, symlinkRoots });
  const { bytes } = await files.open(1, "packSelection", { workspace: 1, paths, entries });
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  const read: Record<string, string> = {};
  const zip = await fromBufferPromise(Buffer.concat(chunks));
  for await (const entry of zip.eachEntry()) {
    const pieces: Buffer[] = [];
    if (!entry.fileName.endsWith("/")) {
      for await (const piece of await zip.openReadStreamPromise(entry)) pieces.push(piece as Buffer);
    }
    read[entry.fileName] = Buffer.concat(pieces).toString();
  }
  return read;
}

it("follows links where they lead below the allowed roots, and nowhere else", async () => {
  const read = await pack([[]], [path.join(home, "shared")]);
  expect(read).toMatchObject({ "set/": "", "set/a.csv": "shared", file: "shared" });
  expect(read["_errors.txt"]).toContain("secret: a symbolic link, which is not followed");
  expect(read["_errors.txt"]).toContain("out: a symbolic link, which is not followed");
  expect(JSON.stringify(Object.values(read).filter((text) => text === "secret"))).toBe("[]");
  expect(await pack([["set", "a.csv"]], [path.join(home, "shared")])).toEqual({ "a.csv": "shared" });
});

it("comes to an end where links lead in circles", async () => {
  const read = await pack([["set"]], [path.join(home, "shared")], 200);
  expect(Object.keys(read).length).toBeLessThanOrEqual(201);
});

it("goes on to its end when the workspace is thrown away meanwhile", async () => {
  const place = path.join(home, "data/workspaces/1/2");
  await mkdir(path.join(place, "inner"), { recursive: true });
  const content = randomBytes(300_000);
  for (let count = 0; count < 20; count += 1) await writeFile(path.join(place, "inner", `${count}`), content);
  const directories = createDirectories(path.join(home, "data"), "node");
  const files = createInProcessFileWork({ directories, symlinkRoots: [] });
  const { bytes } = await files.open(1, "packSelection", { workspace: 2, paths: [[]], entries: 500 });
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) {
    if (chunks.length === 0) await files.run(1, "trashWorkspace", { workspace: 2, entry: 7 });
    chunks.push(chunk);
  }
  const zip = await fromBufferPromise(Buffer.concat(chunks));
  let whole = 0;
  let told = "";
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName.endsWith("/")) continue;
    const pieces = await (await zip.openReadStreamPromise(entry)).toArray();
    if (entry.fileName === "_errors.txt") told = Buffer.concat(pieces).toString();
    else if (Buffer.concat(pieces).equals(content)) whole += 1;
  }
  // By the descriptors that it holds it finds all of them, or it tells what it does not.
  if (told === "") expect(whole).toBe(20);
  expect(whole).toBeGreaterThan(0);
});

it("follows none without roots", async () => {
  const read = await pack([[]], []);
  expect(Object.keys(read)).toEqual(["_errors.txt"]);
  await expect(pack([["set", "a.csv"]], [])).rejects.toMatchObject({ code: "conflict" });
});
