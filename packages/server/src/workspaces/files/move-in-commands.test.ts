import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { removeDirectory } from "../../testing/remove-directory.ts";
import type { FileWork } from "../file-work/contract.ts";
import { createInProcessFileWork } from "../file-work/in-process.ts";
import { createDirectories, type Directories } from "./directories.ts";

let root: string;
let directory: string;
let directories: Directories;
let files: FileWork;
const at = (...parts: string[]) => path.join(root, ...parts);
const stage = (options = {}) => files.run(12, "stageMoveIn", { directory }, options);
const staged = () => readdirSync(path.join(directory, ".stoa")).filter((name) => name !== "trash");

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), "stoa-movein-"));
  directory = at("base/ada");
  mkdirSync(directory, { recursive: true });
  directories = createDirectories(root, "test");
  files = createInProcessFileWork({ directories, symlinkRoots: [] });
  mkdirSync(at("workspaces/12"), { recursive: true, mode: 0o711 });
  mkdirSync(at("trash/12"), { recursive: true, mode: 0o700 });
});
afterEach(async () => {
  execFileSync("chmod", ["-R", "u+rwx", root]);
  await removeDirectory(root);
});

/** All that is to be kept of a tree, but for which names are one file. */
function listing(folder: string): string {
  const format = "%P|%y|%m|%U|%G|%s|%T@|%n|%l\\0";
  const text = execFileSync("find", [folder, "-mindepth", "1", "-printf", format], { encoding: "latin1" });
  const sums = execFileSync("sh", ["-c", 'cd "$0" && find . -type f -exec sha256sum {} + | sort -k2', folder]);
  // Of a folder the size is the file system's matter.
  const lines = text.split("\0").map((line) => line.replace(/\|d\|(\d+)\|(\d+)\|(\d+)\|\d+\|/, "|d|$1|$2|$3|"));
  return `${lines.sort().join("\n")}\n${sums.toString("latin1")}`;
}

function build(): void {
  const own = (...parts: string[]) => at("workspaces/12/3", ...parts);
  mkdirSync(own("deep/er"), { recursive: true });
  writeFileSync(own("a"), "text");
  chmodSync(own("a"), 0o4751);
  utimesSync(own("a"), 1_000_000_000.123, 1_000_000_000.123);
  linkSync(own("a"), own("deep/b"));
  mkdirSync(at("trash/12/9"));
  linkSync(own("a"), at("trash/12/9/c"));
  symlinkSync("/etc/passwd", own("out"));
  symlinkSync("nowhere\n", own("dangling"));
  execFileSync("mkfifo", [own("fifo")]);
  writeFileSync(own("holes"), "x");
  truncateSync(own("holes"), 64 * 2 ** 20);
  writeFileSync(Buffer.concat([Buffer.from(own("/")), Buffer.from([0xff, 0x0a, 0xfe])]), "bytes");
  execFileSync("setfattr", ["-n", "user.note", "-v", "kept", own("a")]);
  mkdirSync(own("closed"));
  writeFileSync(own("closed/f"), "x");
  chmodSync(own("closed"), 0o555);
  mkdirSync(at("workspaces/12/.staging"));
  utimesSync(own("deep"), 1_100_000_000, 1_100_000_000);
}

describe("a copy of all that somebody has, in their storage", () => {
  it("is like it in owners, modes, times, links, holes, attributes, and which names are one file", async () => {
    build();
    const [before, trashBefore] = [listing(at("workspaces/12")), listing(at("trash/12"))];
    const size = await files.run(12, "measureMoveIn", { directory });
    expect(size).toMatchObject({ files: 9, folders: 6 });
    expect(size.disk).toBeLessThan(2 ** 20);
    expect(size.bytes).toBeGreaterThan(64 * 2 ** 20);
    let told = 0;
    const copied = await stage({ onProgress: ({ files: count }: { files: number }) => (told = count) });
    expect(copied).toEqual(size);
    expect(told).toBeGreaterThan(9);
    await files.run(12, "placeMoveIn", { directory });
    expect(listing(path.join(directory, "workspaces"))).toBe(before);
    expect(listing(path.join(directory, ".stoa/trash"))).toBe(trashBefore);
    const inode = (...parts: string[]) => statSync(path.join(directory, ...parts)).ino;
    expect(inode(".stoa/trash/9/c")).toBe(inode("workspaces/3/a"));
    const attribute = execFileSync("getfattr", [
      "--only-values",
      "-n",
      "user.note",
      `${directory}/workspaces/3/deep/b`,
    ]);
    expect(attribute.toString()).toBe("kept");
    expect(statSync(path.join(directory, "workspaces/3/holes")).blocks).toBeLessThan(100);
    expect(statSync(path.join(directory, "workspaces")).mode & 0o777).toBe(0o711);
    expect(listing(at("workspaces/12"))).toBe(before);
    expect(staged()).toEqual([]);
  });

  it("is mended where it differs, before it is one", async () => {
    build();
    const before = listing(at("workspaces/12"));
    await stage();
    const own = path.join(directory, ".stoa", staged()[0] ?? "", "workspaces/3");
    rmSync(path.join(own, "deep/b"));
    writeFileSync(path.join(own, "deep/b"), "text");
    writeFileSync(path.join(own, "foreign"), "");
    rmSync(path.join(own, "out"));
    mkdirSync(path.join(own, "out"));
    chmodSync(path.join(own, "closed"), 0o755);
    rmSync(path.join(own, "closed/f"));
    chmodSync(path.join(own, "closed"), 0o555);
    await stage();
    await files.run(12, "placeMoveIn", { directory });
    expect(listing(path.join(directory, "workspaces"))).toBe(before);
  });

  it("is not made of what can't be copied as it is, and nothing is changed then", async () => {
    build();
    const refused = (told: string) =>
      expect.objectContaining({ code: "conflict", message: expect.stringContaining(told) });
    mkdirSync(path.join(directory, "workspaces"));
    writeFileSync(path.join(directory, "workspaces/mine"), "");
    await expect(stage()).rejects.toEqual(refused("mine"));
    rmSync(path.join(directory, "workspaces"), { recursive: true });
    symlinkSync("/etc", path.join(directory, ".stoa"));
    await expect(stage()).rejects.toEqual(refused("symbolic link"));
    expect(existsSync("/etc/trash")).toBe(false);
    rmSync(path.join(directory, ".stoa"));
    symlinkSync("/tmp", path.join(directory, "workspaces"));
    await expect(stage()).rejects.toEqual(refused("symbolic link"));
    await expect(files.run(12, "placeMoveIn", { directory })).rejects.toMatchObject({ code: "conflict" });
    rmSync(path.join(directory, "workspaces"));
    await expect(files.run(12, "placeMoveIn", { directory })).rejects.toEqual(refused("no copy"));
    await expect(directories.moveIn(12, directory)).rejects.toMatchObject({ code: "conflict" });
    expect(await directories.placeOf(12)).toBe("apart");
  });

  it("is no copy any more once somebody has been at it", async () => {
    build();
    await stage();
    await files.run(12, "placeMoveIn", { directory });
    writeFileSync(path.join(directory, "workspaces/3/a"), "mine");
    const differs = { code: "conflict", message: expect.stringContaining("workspaces/3/") };
    await expect(files.run(12, "placeMoveIn", { directory })).rejects.toMatchObject(differs);
    await expect(stage()).rejects.toMatchObject({ code: "conflict" });
    await files.run(12, "discardMoveIn", { directory });
    expect(existsSync(path.join(directory, "workspaces/3/a"))).toBe(true);
  });

  it("gets no name where it is not alike any more, and can be made anew", async () => {
    build();
    await stage();
    writeFileSync(at("workspaces/12/3/late"), "after the comparison");
    await expect(files.run(12, "placeMoveIn", { directory })).rejects.toMatchObject({ code: "conflict" });
    expect(existsSync(path.join(directory, "workspaces"))).toBe(false);
    expect(existsSync(path.join(directory, ".stoa/trash"))).toBe(false);
    await stage();
    await files.run(12, "placeMoveIn", { directory });
    expect(existsSync(path.join(directory, "workspaces/3/late"))).toBe(true);
  });

  it("is left, and taken away, when it is called off", async () => {
    for (let n = 0; n < 300; n += 1) writeFileSync(at("workspaces/12", `f${n}`), "x".repeat(10_000));
    const abort = new AbortController();
    const work = stage({ signal: abort.signal, onProgress: () => abort.abort() });
    await expect(work).rejects.toThrow();
    expect(staged()).toHaveLength(1);
    await files.run(12, "discardMoveIn", { directory });
    expect(staged()).toEqual([]);
    expect(readdirSync(at("workspaces/12"))).toHaveLength(300);
  });

  it("is whole, whenever the one who makes it is killed", { timeout: 120_000 }, async () => {
    build();
    for (let n = 0; n < 600; n += 1) writeFileSync(at("workspaces/12/3/deep/er", `f${n}`), `${n}`.repeat(2_000));
    const [before, trashBefore] = [listing(at("workspaces/12")), listing(at("trash/12"))];
    const program = path.join(import.meta.dirname, "testing-move-in.ts");
    const stages = new Set<string>();
    let kills = 0;
    for (let delay = 1; ; delay *= 1.5) {
      const child = spawn(process.execPath, [program, root, directory], { stdio: ["ignore", "pipe", "inherit"] });
      let said = "";
      const begun = once(child.stdout, "data");
      child.stdout.on("data", (chunk: Buffer) => {
        said += chunk;
      });
      const ended = once(child, "exit");
      await Promise.race([begun, ended]);
      const timer = setTimeout(() => child.kill("SIGKILL"), delay);
      const [code] = await ended;
      clearTimeout(timer);
      const isLink = lstatSync(at("workspaces/12"), { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
      const apart = existsSync(at("workspaces/.apart-12")) ? at("workspaces/.apart-12") : at("workspaces/12");
      if (!isLink) expect(listing(apart)).toBe(before);
      if (code === 0) {
        expect(said.trim().endsWith("inside")).toBe(true);
        break;
      }
      expect(code, said).toBeNull();
      stages.add(said.trim().split("\n").at(-1) ?? "");
      kills += 1;
    }
    expect(kills).toBeGreaterThan(3);
    expect([...stages]).toContain("staging");
    expect(readlinkSync(at("workspaces/12"))).toBe(path.join(directory, "workspaces"));
    expect(listing(path.join(directory, "workspaces"))).toBe(before);
    expect(listing(path.join(directory, ".stoa/trash"))).toBe(trashBefore);
    expect(listing(at("workspaces/.apart-12"))).toBe(before);
    await files.run(12, "emptyAside", {});
    expect(await directories.removeAside(12)).toBe(true);
    await sleep(0);
    expect([existsSync(at("workspaces/.apart-12")), existsSync(at("trash/.apart-12"))]).toEqual([false, false]);
    expect(listing(path.join(directory, "workspaces"))).toBe(before);
  });
});
