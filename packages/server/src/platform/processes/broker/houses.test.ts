import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createAgentFileWork } from "../../../workspaces/file-work/agent/agent-file-work.ts";
import type { FileWork } from "../../../workspaces/file-work/contract.ts";
import type { Processes } from "../contract.ts";
import { socketPair } from "../socket-pair.ts";
import { createTestBroker, isRoot, type TestBroker } from "../testing-broker.ts";

let base: string;
let test: TestBroker;
let uid: number;
const ask = (message: unknown) => test.broker.perform(message, undefined, () => undefined);
const refused = (code: string) => expect.objectContaining({ name: "BrokerRefusal", code });
const at = (...parts: string[]) => path.join(test.dataDir, ...parts);
const house = (name: string | null, account = 7) => ask({ verb: "house", account, uid: uid + account - 7, name });
const ensure = (account = 7) => ask({ verb: "ensure_account", account, uid: uid + account - 7 });

function makeDirectory(name: string, owner: number): void {
  mkdirSync(path.join(base, name));
  chownSync(path.join(base, name), owner, 1000);
  chmodSync(path.join(base, name), 0o770);
}

/** Only root has a broker; CI runs as root. */
describe.runIf(isRoot)("people's folders in their storage, by the broker", () => {
  beforeEach(async () => {
    base = await mkdtemp(path.join(tmpdir(), "stoa-base-"));
    chmodSync(base, 0o711);
    test = await createTestBroker({ storageBase: base });
    uid = test.range.first;
    await ensure();
    makeDirectory("ada", uid);
  });
  afterEach(async () => {
    await test.close();
    await rm(base, { recursive: true, force: true });
  });

  it("puts root's own links in the places of empty folders, and takes them for the person's from then on", async () => {
    expect(await house(null)).toBe("empty");
    expect(await house("ada")).toBe("inside");
    expect(readlinkSync(at("workspaces/7"))).toBe(path.join(base, "ada/workspaces"));
    expect(readlinkSync(at("trash/7"))).toBe(path.join(base, "ada/.stoa/trash"));
    expect([lstatSync(at("workspaces/7")).uid, lstatSync(at("trash/7")).uid]).toEqual([0, 0]);
    await ensure();
    expect(await house("ada")).toBe("inside");
    expect(lstatSync(at("workspaces/7")).isSymbolicLink()).toBe(true);
    expect(statSync(at("homes/7")).uid).toBe(uid);
  });

  it("leaves folders with anything in them where they are", async () => {
    mkdirSync(at("workspaces/7/3"));
    expect(await house("ada")).toBe("apart");
    expect(lstatSync(at("workspaces/7/3")).isDirectory()).toBe(true);
    rmSync(at("workspaces/7/3"), { recursive: true });
    mkdirSync(at("trash/7/5"));
    expect(await house("ada")).toBe("apart");
  });

  it.each([
    ["root's", 0],
    ["another person's", 1],
  ])("leads to no directory of %s", async (_whose, of) => {
    makeDirectory("bob", of === 0 ? 0 : uid + of);
    await expect(house("bob")).rejects.toEqual(refused("failed"));
    expect(lstatSync(at("workspaces/7")).isDirectory()).toBe(true);
  });

  it("takes no link and no file for a directory, and no name that leads away", async () => {
    symlinkSync(path.join(base, "ada"), path.join(base, "link"));
    lchownSync(path.join(base, "link"), uid, uid);
    writeFileSync(path.join(base, "file"), "");
    chownSync(path.join(base, "file"), uid, uid);
    for (const name of ["link", "file", "nobody"]) await expect(house(name)).rejects.toEqual(refused("failed"));
    for (const name of ["../ada", ".", "..", "", "ada/x", "/etc", "a\0b", ".hidden", 7, undefined, "x".repeat(300)]) {
      await expect(ask({ verb: "house", account: 7, uid, name })).rejects.toEqual(refused("refused"));
    }
    await expect(house("ada", 8)).rejects.toEqual(refused("refused"));
  });

  it.each([
    ["that somebody else made", () => lchownSync(at("workspaces/7"), uid, uid)],
    ["to elsewhere", () => relink("/etc/workspaces")],
    ["to elsewhere below the base", () => relink(path.join(base, "ada/sub/workspaces"))],
    ["to what is another's by now", () => chownSync(path.join(base, "ada"), uid + 1, 1000)],
    ["to what is gone", () => renameSync(path.join(base, "ada"), path.join(base, "eve"))],
    ["to a base that is gone", () => renameSync(base, `${base}-away`)],
  ])("starts nothing by a link %s, and sets nothing aside", async (_what, change) => {
    await house("ada");
    change();
    await expect(ensure()).rejects.toEqual(refused("failed"));
    const [socket, theirs] = await socketPair();
    const run = test.broker.perform({ verb: "run_agent", account: 7, uid }, theirs, () => undefined);
    await expect(run).rejects.toEqual(refused("failed"));
    socket.destroy();
    expect(lstatSync(at("workspaces/7")).isSymbolicLink()).toBe(true);
    await rm(`${base}-away`, { recursive: true, force: true });
  });

  it("has the person's agent work there, as them, where nobody else may", async () => {
    await house("ada");
    const files = agentsOf(test);
    try {
      const list = [{ what: "a", parts: ["a"], size: 4 }];
      const { name: staged } = await files.run(7, "stageWorkspace", { files: list }, { input: [Buffer.from("text")] });
      await files.run(7, "nameWorkspace", { staged, workspace: 5 });
      await files.run(7, "trashFile", { workspace: 5, parts: ["a"], entry: 9 });
      const owners = ["workspaces", "workspaces/5", ".stoa", ".stoa/trash/9/a"].map((name) => {
        const { uid: owner, mode } = statSync(path.join(base, "ada", name));
        return [owner, mode & 0o777];
      });
      expect(owners).toEqual([
        [uid, 0o711],
        [uid, 0o700],
        [uid, 0o700],
        [uid, 0o644],
      ]);
      expect(await files.run(7, "listFolder", { workspace: 5, parts: [], limit: 9 })).toMatchObject({ items: [] });
      // Its owner may turn it to what they like; then it is followed nowhere.
      rmSync(path.join(base, "ada/workspaces"), { recursive: true });
      symlinkSync("/etc", path.join(base, "ada/workspaces"));
      const again = files.run(7, "listFolder", { workspace: 5, parts: [], limit: 9 });
      await expect(again).rejects.toMatchObject({ code: "unavailable" });
    } finally {
      await files.stop();
    }
  });

  it("has folders with something in them give way to links of root's, and closes them to their owner", async () => {
    fill();
    await expect(moveIn("ada")).rejects.toEqual(refused("failed"));
    for (const name of ["workspaces/3", ".stoa/trash"]) mkdirSync(path.join(base, "ada", name), { recursive: true });
    execFileSync("chown", ["-R", `${uid}:${uid}`, path.join(base, "ada")]);
    for (const name of ["../ada", null, ".hidden"]) await expect(moveIn(name)).rejects.toEqual(refused("refused"));
    makeDirectory("bob", uid + 1);
    await expect(moveIn("bob")).rejects.toEqual(refused("failed"));
    expect(lstatSync(at("workspaces/7")).isDirectory()).toBe(true);
    expect(await ask({ verb: "open_aside", account: 7, uid })).toEqual({ found: false });
    expect(await moveIn("ada")).toBe("inside");
    expect([readlinkSync(at("workspaces/7")), lstatSync(at("workspaces/7")).uid]).toEqual([
      path.join(base, "ada/workspaces"),
      0,
    ]);
    const closed = lstatSync(at("workspaces/.apart-7"));
    expect([closed.uid, closed.mode & 0o777]).toEqual([0, 0o700]);
    expect(await ask({ verb: "remove_aside", account: 7, uid })).toEqual({ gone: false });
    expect(await ask({ verb: "open_aside", account: 7, uid })).toEqual({ found: true });
    const files = agentsOf(test);
    try {
      await files.run(7, "emptyAside", {});
    } finally {
      await files.stop();
    }
    expect(await ask({ verb: "remove_aside", account: 7, uid })).toEqual({ gone: true });
    expect(existsSync(at("workspaces/.apart-7"))).toBe(false);
  });

  it("finishes what was cut off before anything is made in the person's place, if root has begun it", async () => {
    fill();
    for (const name of ["workspaces/3", ".stoa/trash"]) mkdirSync(path.join(base, "ada", name), { recursive: true });
    execFileSync("chown", ["-R", `${uid}:${uid}`, path.join(base, "ada")]);
    symlinkSync(path.join(base, "ada/workspaces"), at("workspaces/.moving-7"));
    lchownSync(at("workspaces/.moving-7"), uid, uid);
    await expect(ensure()).rejects.toEqual(refused("failed"));
    expect(lstatSync(at("workspaces/7")).isDirectory()).toBe(true);
    lchownSync(at("workspaces/.moving-7"), 0, 0);
    // Killed right after the folder was set aside.
    renameSync(at("workspaces/7"), at("workspaces/.apart-7"));
    await ensure();
    expect(readlinkSync(at("workspaces/7"))).toBe(path.join(base, "ada/workspaces"));
    expect(readlinkSync(at("trash/7"))).toBe(path.join(base, "ada/.stoa/trash"));
    expect([lstatSync(at("workspaces/.apart-7")).uid, lstatSync(at("trash/.apart-7")).uid]).toEqual([0, 0]);
    expect(await house(null)).toBe("inside");
  });

  const moveIn = (name: unknown) => ask({ verb: "move_in", account: 7, uid, name });

  function fill(): void {
    mkdirSync(at("workspaces/7/3"));
    chownSync(at("workspaces/7/3"), uid, uid);
  }

  function relink(target: string): void {
    rmSync(at("workspaces/7"));
    symlinkSync(target, at("workspaces/7"));
  }
});

/** File work by the broker's agents, without a database. */
function agentsOf({ link, dataDir }: TestBroker): FileWork {
  const processes: Pick<Processes, "runAgent" | "onGroupsChanged"> = {
    async runAgent(account) {
      const [socket, theirs] = await socketPair();
      const { pid, process } = await link.ask({ verb: "run_agent", account, uid }, theirs);
      return { pid, socket, end: async () => void (await link.ask({ verb: "end", process })) };
    },
    onGroupsChanged: () => () => undefined,
  };
  const log = pino({ level: "silent" });
  return createAgentFileWork({
    processes: processes as Processes,
    dataDir,
    stagingMark: "mark",
    symlinkRoots: [],
    most: 4,
    log,
  });
}
