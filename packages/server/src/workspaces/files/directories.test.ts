import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FileWork } from "../file-work/contract.ts";
import { createInProcessFileWork } from "../file-work/in-process.ts";
import { createDirectories, type Directories } from "./directories.ts";

let home: string;
let directories: Directories;
let files: FileWork;
const at = (...parts: string[]) => path.join(home, "data", ...parts);
const stored = (...parts: string[]) => path.join(home, "base", ...parts);

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), "stoa-directories-"));
  for (const name of ["ada", "bob"]) mkdirSync(stored(name), { recursive: true, mode: 0o770 });
  directories = createDirectories(at(), "node");
  files = createInProcessFileWork({ directories, symlinkRoots: [] });
});
afterEach(() => rm(home, { recursive: true, force: true }));

const list = async (account: number) => {
  await using folder = await directories.openAccount(account);
  return (await folder.entries()).map(({ name }) => name).sort();
};
const makeWorkspace = async (account: number, workspace: number) => {
  const input = [Buffer.from("text")];
  const list = [{ what: "a", parts: ["a"], size: 4 }];
  const { name: staged } = await files.run(account, "stageWorkspace", { files: list }, { input });
  await files.run(account, "nameWorkspace", { staged, workspace });
};

describe("an account's folders in its storage", () => {
  it("lie there with all that is made, staged and thrown away, by links of ours", async () => {
    expect(await directories.placeOf(1)).toBe("empty");
    expect(await directories.house(1, stored("ada"))).toBe("inside");
    expect(await directories.placeOf(1)).toBe("inside");
    await makeWorkspace(1, 5);
    await files.run(1, "trashFile", { workspace: 5, parts: ["a"], entry: 9 });
    expect(readdirSync(stored("ada", "workspaces")).sort()).toEqual([".staging", "5"]);
    expect(existsSync(stored("ada", ".stoa", "trash", "9", "a"))).toBe(true);
    expect(await files.run(1, "isInTrash", { entry: 9, name: "a" })).toBe(true);
    expect([readlinkSync(at("workspaces", "1")), readlinkSync(at("trash", "1"))]).toEqual([
      stored("ada", "workspaces"),
      stored("ada", ".stoa", "trash"),
    ]);
    const modes = ["workspaces", ".stoa", ".stoa/trash"].map((name) => statSync(stored("ada", name)).mode & 0o777);
    expect(modes).toEqual([0o711, 0o700, 0o700]);
    // What a session gets as its folder is the same path as ever.
    expect(statSync(directories.workspacePath(1, 5)).ino).toBe(statSync(stored("ada", "workspaces", "5")).ino);
  });

  it("stay apart where there is anything in them, and give up those that are empty", async () => {
    await makeWorkspace(1, 5);
    expect(await directories.house(1, stored("ada"))).toBe("apart");
    expect(await list(1)).toEqual([".staging", "5"]);
    mkdirSync(at("trash", "2", "7"), { recursive: true });
    expect(await directories.house(2, stored("bob"))).toBe("apart");
    expect(lstatSync(at("trash", "2", "7")).isDirectory()).toBe(true);
    mkdirSync(at("workspaces", "3", ".staging"), { recursive: true });
    expect(await directories.house(3, stored("bob"))).toBe("inside");
  });

  it("are finished after a kill at any step", async () => {
    mkdirSync(at("trash"), { recursive: true });
    mkdirSync(stored("ada", ".stoa"));
    symlinkSync(stored("ada", ".stoa", "trash"), at("trash", "1"));
    expect(await directories.placeOf(1)).toBe("empty");
    expect(await directories.house(1, stored("ada"))).toBe("inside");
    await makeWorkspace(1, 5);
    expect(await list(1)).toEqual([".staging", "5"]);
    expect(await directories.house(1, stored("bob"))).toBe("inside");
    expect(readlinkSync(at("workspaces", "1"))).toBe(stored("ada", "workspaces"));
  });

  it("are made once by many who ask at once", async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => directories.house(1, stored("ada"))));
    expect(new Set(all)).toEqual(new Set(["inside"]));
  });

  it.each(["workspaces", ".stoa/trash"])(
    "lead nowhere else once their owner puts a link in the place of %s",
    async (name) => {
      await directories.house(1, stored("ada"));
      await directories.house(2, stored("bob"));
      for (const [account, workspace] of [
        [1, 5],
        [2, 6],
      ] as const) {
        await makeWorkspace(account, workspace);
        await files.run(account, "trashFile", { workspace, parts: ["a"], entry: 9 });
      }
      rmSync(stored("ada", name), { recursive: true });
      symlinkSync(stored("bob", name), stored("ada", name));
      const open = name === "workspaces" ? list(1) : directories.openTrash(1);
      await expect(open).rejects.toMatchObject({ code: "unavailable" });
      expect(await list(2)).toEqual([".staging", "6"]);
    },
  );

  it("are made anew where their owner has removed them", async () => {
    await directories.house(1, stored("ada"));
    await makeWorkspace(1, 5);
    rmSync(stored("ada", "workspaces"), { recursive: true });
    expect(await list(1)).toEqual([]);
    await makeWorkspace(1, 6);
  });

  it("are not begun anew while the storage is away", async () => {
    await directories.house(1, stored("ada"));
    renameSync(stored(), `${stored()}-away`);
    await expect(makeWorkspace(1, 5)).rejects.toMatchObject({ code: "unavailable" });
    renameSync(`${stored()}-away`, stored());
    await makeWorkspace(1, 5);
  });

  it("refuses a link that is none of ours", async () => {
    mkdirSync(at("workspaces"), { recursive: true });
    symlinkSync("/etc", at("workspaces", "1"));
    await expect(list(1)).rejects.toThrow("leads to no storage");
  });

  it("tells whose changed since, through the links", async () => {
    const long = new Date(Date.now() - 3_600_000);
    await directories.house(1, stored("ada"));
    await makeWorkspace(1, 5);
    await directories.house(2, stored("bob"));
    await list(2);
    await makeWorkspace(3, 8);
    const old = (...folders: string[]) => {
      for (const folder of folders) utimesSync(folder, new Date(0), new Date(0));
    };
    expect((await directories.accounts(long)).sort()).toEqual([1, 2, 3]);
    old(stored("ada", "workspaces"), stored("ada", "workspaces", ".staging"), stored("bob", "workspaces"));
    expect(await directories.accounts(long)).toEqual([3]);
    writeFileSync(stored("ada", "workspaces", ".staging", "left"), "");
    expect((await directories.accounts(long)).sort()).toEqual([1, 3]);
  });
});
