import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { removeDirectory } from "../../../testing/remove-directory.ts";
import { createCommandHost } from "../../hosts/command-host.ts";
import { createLocalHost } from "../../hosts/local-host.ts";
import { runCommand } from "../../hosts/run-command.ts";
import { BackEndAway, type StorageDriver, type Wanted } from "../contract.ts";
import type { PosixOptions } from "./context.ts";
import { createPosixDriver } from "./posix-driver.ts";

const isRoot = process.getuid?.() === 0;
const me = { uid: process.getuid?.() || 1500, gid: process.getgid?.() || 1500 };
const log = pino({ level: "silent" });

describe("a base that can't be used", () => {
  let folder: string;
  let base: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "stoa-probe-"));
    base = join(folder, "home");
  });
  afterEach(() => removeDirectory(folder));

  const open = (options: Partial<PosixOptions> = {}): StorageDriver =>
    createPosixDriver({
      ...{ host: createLocalHost({ backend: "posix", base, log }), base, log },
      ...{ enforcement: "auto", ownership: "contract", ...options },
    });
  const ada: Wanted = { kind: "user", name: "ada", project: 7, owner: me, quota: 0, adopted: false };

  it("says so before anybody looked", () => {
    const toldBy = { code: "not_looked_at", params: { base } };
    expect(open().state).toMatchObject({ ok: false, problem: expect.stringContaining(base), problemToldBy: toldBy });
  });

  it("is not there, until it is made", async () => {
    const driver = open();
    expect(await driver.probe()).toMatchObject({ ok: false, problem: expect.stringMatching(/is not there: make it/) });
    await expect(driver.settle([ada])).rejects.toThrow(BackEndAway);
    expect(existsSync(base)).toBe(false);
    mkdirSync(base);
    // Without another probe: whoever asks finds out.
    expect(await driver.settle([ada])).toMatchObject([{ code: "done" }]);
    expect(driver.state).toMatchObject({ ok: true, problem: "", problemToldBy: null });
  });

  it("is a file, or a link, which is not followed", async () => {
    writeFileSync(base, "");
    expect(await open().probe()).toMatchObject({ ok: false, problem: expect.stringMatching(/is not a directory/) });
    rmSync(base);
    mkdirSync(join(folder, "elsewhere"));
    symlinkSync("elsewhere", base);
    expect(await open().probe()).toMatchObject({ ok: false, problem: expect.stringMatching(/is a link/) });
    expect(readdirSync(join(folder, "elsewhere"))).toEqual([]);
  });

  it("vanishes while it is in use, and comes back", async () => {
    mkdirSync(base);
    const driver = open();
    await driver.settle([ada]);
    renameSync(base, `${base}.away`);
    for (const attempt of [
      () => driver.list(),
      () => driver.look([ada]),
      () => driver.settle([ada]),
      () => driver.discard(ada, "subject-1"),
      () => driver.purge("subject-1", 1, AbortSignal.timeout(10_000)),
      () => driver.discarded(),
    ]) {
      await expect(attempt()).rejects.toThrow(BackEndAway);
    }
    expect(existsSync(base)).toBe(false);
    expect(driver.state.ok).toBe(false);
    renameSync(`${base}.away`, base);
    expect(await driver.look([ada])).toHaveLength(1);
  });

  it("has something else where our own folders should be", async () => {
    mkdirSync(base);
    symlinkSync("/tmp", join(base, "groups"));
    expect(await open().probe()).toMatchObject({
      ok: false,
      problem: expect.stringMatching(/groups is not a directory/),
    });
    rmSync(join(base, "groups"));
    rmSync(join(base, ".stoa-trash"), { recursive: true, force: true });
    writeFileSync(join(base, ".stoa-trash"), "");
    expect((await open().probe()).problem).toMatch(/\.stoa-trash .*is not a directory|\.stoa-trash.* can't be made/);
  });

  it("has its own folders open and closed as they should be, and again", async () => {
    mkdirSync(base);
    const driver = open();
    await driver.probe();
    const modes = () => ["groups", ".stoa-trash"].map((name) => statSync(join(base, name)).mode & 0o777);
    expect(modes()).toEqual([0o755, 0o700]);
    chmodSync(join(base, "groups"), 0o700);
    chmodSync(join(base, ".stoa-trash"), 0o777);
    await driver.probe();
    expect(modes()).toEqual([0o755, 0o700]);
    rmdirSync(join(base, "groups"));
    expect(await driver.settle([{ ...ada, kind: "group" }])).toMatchObject([{ code: "done" }]);
    expect(modes()[0]).toBe(0o755);
  });

  it("can't be held to quotas that were asked for by name", async () => {
    mkdirSync(base);
    expect(await open({ enforcement: "user" }).probe()).toMatchObject({
      ...{ ok: false, problem: expect.stringMatching(/STORAGE_ENFORCEMENT is user.*(OWNERSHIP=account|only root)/) },
    });
    expect((await open({ enforcement: "project" }).probe()).problem).toMatch(/prjquota|only root/);
    expect(await open({ enforcement: "off" }).probe()).toMatchObject({ ok: true, capabilities: { enforcedBy: null } });
  });

  it("is on a host without a program", async () => {
    mkdirSync(base);
    const host = createCommandHost({
      ...{ backend: "posix", base, width: 2 },
      run: (command, limits) =>
        runCommand(command.program === "stat" ? { ...command, program: "no-such-stat" } : command, limits),
    });
    expect(await open({ ...({ host } as object) }).probe()).toMatchObject({
      ...{ ok: false, problem: expect.stringMatching(/no-such-stat: not found.*Install/) },
      problemToldBy: { code: "program_missing", params: { said: expect.stringContaining("no-such-stat") } },
    });
  });

  describe.runIf(isRoot)("on a disk of its own", () => {
    beforeEach(() => {
      mkdirSync(base);
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=16m,mode=755", "stoa-probe", base]);
    });
    afterEach(() => {
      for (const at of [join(base, ".stoa-trash"), base]) {
        try {
          execFileSync("umount", ["-l", at], { stdio: "ignore" });
        } catch {
          // It is none, or no more.
        }
      }
    });

    it("is unmounted while it is in use: nothing is taken for gone, and nothing is made below", async () => {
      const driver = open();
      expect(await driver.settle([ada])).toMatchObject([{ code: "done" }]);
      execFileSync("umount", [base]);
      await expect(driver.list()).rejects.toThrow(/mount it again/);
      expect(driver.state.problemToldBy).toMatchObject({ code: "base_elsewhere", params: { base, before: base } });
      await expect(driver.look([ada])).rejects.toThrow(BackEndAway);
      await expect(driver.settle([ada])).rejects.toThrow(BackEndAway);
      expect(readdirSync(base)).toEqual([]);
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=16m,mode=755", "stoa-probe", base]);
      expect(await driver.settle([ada])).toMatchObject([{ code: "done" }]);
    });

    it("is read-only", async () => {
      execFileSync("mount", ["-o", "remount,ro", base]);
      expect(await open().probe()).toMatchObject({ ok: false, problem: expect.stringMatching(/read-only/) });
    });

    it("turns read-only while it is in use", async () => {
      const driver = open();
      await driver.probe();
      execFileSync("mount", ["-o", "remount,ro", base]);
      expect(await driver.settle([ada])).toMatchObject([{ code: "read_only" }]);
    });

    it("is full", async () => {
      const driver = open();
      await driver.probe();
      // The base itself, groups, the trash and one more.
      execFileSync("mount", ["-o", "remount,nr_inodes=4", base]);
      expect(await driver.settle([ada, { ...ada, name: "bob", project: 8 }])).toMatchObject([
        { code: "done" },
        { code: "full", problem: expect.stringMatching(/bob.*No space left/) },
      ]);
    });

    it("has its trash on another one", async () => {
      mkdirSync(join(base, ".stoa-trash"));
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m,mode=755", "stoa-probe", join(base, ".stoa-trash")]);
      expect(await open().probe()).toMatchObject({ ok: false, problem: expect.stringMatching(/another file system/) });
    });

    it("has a directory that is one by itself: it is not deleted by copying it", async () => {
      const driver = open();
      await driver.settle([ada]);
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m,mode=755", "stoa-probe", join(base, "ada")]);
      expect(await driver.discard(ada, "subject-1")).toMatchObject({ code: "other_file_system" });
      execFileSync("umount", [join(base, "ada")]);
      expect(await driver.discard(ada, "subject-1")).toMatchObject({ code: "done" });
    });

    it("is the base of somebody without the right to write there", async () => {
      const host = createCommandHost({
        ...{ backend: "posix", base, width: 2 },
        run: ({ program, args, ...rest }, limits) =>
          runCommand(
            {
              ...{ program: "setpriv", args: ["--reuid=64123", "--regid=64123", "--clear-groups", program, ...args] },
              ...rest,
            },
            limits,
          ),
      });
      chmodSync(folder, 0o711);
      chmodSync(base, 0o755);
      expect(await open({ ...({ host } as object) }).probe()).toMatchObject({
        ...{ ok: false, problem: expect.stringMatching(/can't be made by uid 64123: .*Permission denied/) },
      });
    });
  });
});
