import { randomBytes } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isRoot } from "../../../platform/processes/testing-broker.ts";
import type { FileWork } from "../contract.ts";
import { createTestAgents, type TestAgents } from "./testing-agents.ts";

/** Only root can work as somebody else; CI runs as root. */
describe.runIf(isRoot)("file work by agents", () => {
  let agents: TestAgents;
  let files: FileWork;

  beforeAll(async () => {
    agents = await createTestAgents({ most: 2, idleMs: 400 });
    ({ files } = agents);
  });
  afterAll(() => agents.close());

  async function makeWorkspace(accountId: number, id: number, content: Buffer): Promise<void> {
    const file = { what: "a.bin", parts: ["a.bin"], size: content.length };
    const { name } = await files.run(accountId, "stageWorkspace", { files: [file] }, { input: [Buffer.from(content)] });
    await files.run(accountId, "nameWorkspace", { staged: name, workspace: id });
  }

  async function read(accountId: number, workspace: number): Promise<Buffer> {
    const { bytes } = await files.open(accountId, "downloadFile", { workspace, parts: ["a.bin"] });
    const parts: Uint8Array[] = [];
    for await (const part of bytes) parts.push(part);
    return Buffer.concat(parts);
  }

  const isThere = (pid: number): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };

  it("works under the person's own account, as the kernel sees it", async () => {
    const content = randomBytes(5_000_000);
    await makeWorkspace(1, 10, content);
    const { pid, uid } = agents.started.at(-1) ?? { pid: 0, uid: 0 };
    expect(uid).toBeGreaterThanOrEqual(agents.broker.range.first);
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    expect(status).toContain(`Uid:\t${uid}\t${uid}\t${uid}\t${uid}`);
    expect(status).toContain(`Gid:\t${uid}\t${uid}\t${uid}\t${uid}`);
    expect(status).toMatch(/^CapEff:\t0+$/m);
    expect(status).toMatch(/^CapBnd:\t0+$/m);
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    const folder = path.join(agents.broker.dataDir, "workspaces/1");
    for (const name of ["", "10", "10/a.bin", ".staging"]) expect(statSync(path.join(folder, name)).uid).toBe(uid);
    expect(statSync(path.join(folder, "10")).mode & 0o777).toBe(0o700);
    expect((await read(1, 10)).equals(content)).toBe(true);
  });

  it("keeps two persons apart", async () => {
    await makeWorkspace(2, 20, Buffer.from("two"));
    const [one, two] = [
      statSync(path.join(agents.broker.dataDir, "workspaces/1")),
      statSync(path.join(agents.broker.dataDir, "workspaces/2")),
    ];
    expect(one.uid).not.toBe(two.uid);
    await expect(read(2, 10)).rejects.toMatchObject({ code: "not_found" });
  });

  it("tells errors as they are: code, message, details", async () => {
    const wrong = files.run(1, "describeEntry", { workspace: 999, parts: [] } as never);
    await expect(wrong).rejects.toMatchObject({ name: "StoaError", code: "not_found", expected: true });
    const large = files.run(1, "stageUpload", { what: "x", limit: 3, left: 3 }, { input: [Buffer.from("four")] });
    await expect(large).rejects.toMatchObject({ code: "too_large", details: { limit: 3 } });
  });

  it("fails with the input's own error, and leaves nothing of it", async () => {
    const broken = new Error("the network went away");
    async function* half(): AsyncGenerator<Uint8Array> {
      yield randomBytes(1000);
      throw broken;
    }
    const upload = files.run(1, "stageUpload", { what: "x", limit: 1e6, left: 1e6 }, { input: half() });
    await expect(upload).rejects.toBe(broken);
  });

  it("starts an agent on demand, ends it when it is idle, and starts another after a crash", async () => {
    const before = agents.started.length;
    await read(1, 10);
    const last = agents.started.at(-1)?.pid ?? 0;
    await expect.poll(() => isThere(last)).toBe(false);
    await read(1, 10);
    expect(agents.started.length).toBeGreaterThan(before);
    const endless = files.run(
      1,
      "stageUpload",
      { what: "x", limit: 1e9, left: 1e9 },
      {
        input: (async function* () {
          for (;;) {
            yield randomBytes(1000);
            await sleep(10);
          }
        })(),
      },
    );
    await sleep(100);
    process.kill(agents.started.at(-1)?.pid ?? 0, "SIGKILL");
    await expect(endless).rejects.toMatchObject({ code: "unavailable" });
    expect((await read(1, 10)).length).toBe(5_000_000);
  });

  it("has no more agents than it may, and lets the idle one go", async () => {
    for (const account of [3, 4, 5]) await makeWorkspace(account, account, Buffer.from("x"));
    const alive = agents.started.filter(({ pid }) => isAlive(pid));
    expect(alive.length).toBeLessThanOrEqual(2);
  });
});

function isAlive(pid: number): boolean {
  try {
    return /^State:\t[^ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
