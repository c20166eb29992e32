import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isRoot } from "../../../platform/processes/testing-broker.ts";
import { createTestAgents, type TestAgents } from "./testing-agents.ts";

/** Only root can work as somebody else; CI runs as root. */
describe.runIf(isRoot)("what lies in somebody's storage, looked at and deleted by their agent", () => {
  let agents: TestAgents;
  let base: string;
  let own: string;
  let uid: number;

  beforeAll(async () => {
    base = realpathSync(mkdtempSync(path.join(tmpdir(), "stoa-agent-stored-")));
    chmodSync(base, 0o711);
    agents = await createTestAgents();
    await agents.files.run(1, "listWorkspaces", { olderThanMinutes: 0 });
    uid = agents.started.at(-1)?.uid ?? 0;
    own = path.join(base, "ann");
    mkdirSync(own, { mode: 0o700 });
    mkdirSync(path.join(own, "roots"), { mode: 0o755 });
    writeFileSync(path.join(own, "roots/log"), "x".repeat(100));
    writeFileSync(path.join(own, "own.bin"), "x".repeat(5_000));
    for (const name of ["", "own.bin"]) chownSync(path.join(own, name), uid, uid);
  });
  afterAll(async () => {
    await agents.close();
    rmSync(base, { recursive: true, force: true });
  });

  const look = (storage: string) =>
    agents.files.run(1, "largestEntries", { workspaces: [], entries: [], storage, limit: 5, by: "contents" });

  function erase(directory: string, ...parts: string[]) {
    const { dev: device, ino: inode } = statSync(directory);
    return agents.files.run(1, "eraseStored", { directory, device, inode, parts });
  }

  it("is theirs, and what the kernel doesn't let them remove stays", async () => {
    const { items, storageRead } = await look(own);
    expect([storageRead, items[0]]).toEqual([true, expect.objectContaining({ path: "own.bin", bytes: 5_000 })]);
    await erase(own, "own.bin");
    await expect(erase(own, "roots")).rejects.toMatchObject({ code: "conflict" });
    expect(readdirSync(path.join(own, "roots"))).toEqual(["log"]);
  });

  it("is not looked at nor touched where the directory is another account's", async () => {
    const other = path.join(base, "bob");
    mkdirSync(other, { mode: 0o700 });
    writeFileSync(path.join(other, "x"), "x");
    expect(await look(other)).toMatchObject({ items: [], storageRead: false });
    await expect(erase(other, "x")).rejects.toMatchObject({ code: "conflict" });
    expect(readdirSync(other)).toEqual(["x"]);
  });
});
