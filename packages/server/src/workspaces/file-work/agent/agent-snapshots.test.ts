import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isRoot } from "../../../platform/processes/testing-broker.ts";
import { createTestAgents, type TestAgents } from "./testing-agents.ts";

const [ADA, BOB] = [1, 2];
const WORKSPACE = 10;
const SNAPSHOT = "stoa-hourly-20261122T07";

/** Only root can work as somebody else; CI runs as root. */
describe.runIf(isRoot)("a snapshot, looked into by its person's agent", () => {
  let base: string;
  let agents: TestAgents;
  const then = (who: string, ...parts: string[]) => path.join(base, who, ".zfs", "snapshot", SNAPSHOT, ...parts);
  const run = (parts: string[], asOf = SNAPSHOT) =>
    agents.files.run(ADA, "listFolderAsOf", { workspace: WORKSPACE, asOf, parts, limit: 10 });

  /** Storage of theirs, with a workspace in it, as the driver and the broker make it; and as it was, in a copy. */
  async function settle(account: number, who: string): Promise<number> {
    const { uid } = await agents.processes.accountOf(account);
    mkdirSync(path.join(base, who), { mode: 0o770 });
    chownSync(path.join(base, who), uid, uid);
    expect(await agents.processes.house(account, who)).toBe("inside");
    const files = [{ what: "a.txt", parts: ["folder", "a.txt"], size: 4 }];
    const { name } = await agents.files.run(account, "stageWorkspace", { files }, { input: [Buffer.from("then")] });
    await agents.files.run(account, "nameWorkspace", { staged: name, workspace: WORKSPACE });
    mkdirSync(then(who), { recursive: true });
    execFileSync("cp", ["-a", path.join(base, who, "workspaces"), then(who)]);
    return uid;
  }

  beforeAll(async () => {
    base = realpathSync(mkdtempSync(path.join(tmpdir(), "stoa-homes-")));
    chmodSync(base, 0o711);
    agents = await createTestAgents({ storageBase: base });
    await settle(ADA, "ada");
    await settle(BOB, "bob");
  });
  afterAll(async () => {
    await agents?.close();
    await rm(base, { recursive: true, force: true });
  });

  it("is read and restored under their own account", async () => {
    const live = path.join(base, "ada", "workspaces", String(WORKSPACE));
    writeFileSync(path.join(live, "folder", "a.txt"), "something else");
    expect((await run([])).items).toMatchObject([{ name: "folder", type: "folder", now: "same" }]);
    expect((await run(["folder"])).items).toMatchObject([{ path: "folder/a.txt", size: 4, now: "changed" }]);
    const question = { workspace: WORKSPACE, asOf: SNAPSHOT, parts: ["folder", "a.txt"] };
    const { head, bytes } = await agents.files.open(ADA, "downloadFile", question);
    const read: Uint8Array[] = [];
    for await (const chunk of bytes) read.push(Buffer.from(chunk));
    expect([head.size, Buffer.concat(read).toString()]).toEqual([4, "then"]);
    await agents.files.run(ADA, "stageCopy", { from: question, name: "mark-restore", keepTimes: true });
    const to = { workspace: WORKSPACE, parts: ["new", "a.txt"] };
    expect(await agents.files.run(ADA, "placeBeside", { name: "mark-restore", to })).toEqual({ name: "a.txt" });
    const restored = path.join(live, "new", "a.txt");
    expect([readFileSync(restored, "utf8"), statSync(restored).uid]).toEqual([
      "then",
      (await agents.processes.accountOf(ADA)).uid,
    ]);
  });

  it.each(["..", "../../../bob/.zfs/snapshot/s1", ".", "", "none"])(
    "is found by its name alone, not by %j",
    async (name) => {
      await expect(run([], name)).rejects.toMatchObject({ code: "not_found" });
    },
  );

  it("gives nothing of others', where one had a link to them then", async () => {
    const planted = then("ada", "workspaces", String(WORKSPACE));
    execFileSync("ln", ["-s", then("bob", "workspaces", String(WORKSPACE)), path.join(planted, "bob")]);
    execFileSync("cp", ["-a", then("bob", "workspaces", String(WORKSPACE)), path.join(planted, "copied")]);
    await expect(run(["bob"])).rejects.toMatchObject({ code: "conflict" });
    await expect(run(["copied"])).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("permissions"),
    });
    const from = { workspace: WORKSPACE, asOf: SNAPSHOT, parts: ["copied"] };
    await expect(agents.files.run(ADA, "stageCopy", { from, name: "mark-stolen" })).rejects.toMatchObject({
      code: "conflict",
    });
    expect(existsSync(path.join(base, "ada", "workspaces", ".staging", "mark-stolen"))).toBe(false);
  });
});
