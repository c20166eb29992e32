import { execFileSync } from "node:child_process";
import { mkdirSync, statfsSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Room } from "../../storage/storage.ts";
import type { FileWork } from "../file-work/contract.ts";
import { fileError } from "../files/file-errors.ts";
import { createWorkspacesServer, type WorkspacesServer } from "../testing-workspaces.ts";
import { tellingRoom } from "./telling-room.ts";

const MIB = 2 ** 20;
const room: Room = {
  used: 2 * MIB,
  allowed: 100 * MIB,
  level: "ok",
  setBy: "boss",
  asOf: new Date(),
  enforced: true,
  diskFree: 1000 * MIB,
};
const asked = (now: Room | null) => ({ of: async () => now, recount: () => undefined, address: () => "/portal" });

describe("what the kernel refuses", () => {
  const failing = (code: string, errno: number): FileWork => ({
    asPerson: true,
    run: async () => {
      throw fileError(Object.assign(new Error(code), { code, errno }), "a.txt");
    },
    open: () => Promise.reject(new Error("not asked")),
    stop: async () => undefined,
  });
  const told = async (files: FileWork, now: Room | null) =>
    tellingRoom(files, asked(now))
      .run(1, "describeEntry", { workspace: 1, parts: [] })
      .catch((error: { details: { reason?: string } }) => error.details.reason ?? "disk");

  it.each([
    ["EDQUOT", -122, room, "storage_quota"],
    ["EDQUOT", -122, { ...room, enforced: false, diskFree: 0 }, "storage_quota"],
    // As xfs says it of a project's quota.
    ["ENOSPC", -28, room, "storage_quota"],
    ["ENOSPC", -28, { ...room, diskFree: MIB }, "disk"],
    ["ENOSPC", -28, { ...room, enforced: false }, "disk"],
    ["ENOSPC", -28, null, "disk"],
  ] as const)("%s is the person's quota or the disk, by what is known (%#)", async (code, errno, now, whose) => {
    expect(await told(failing(code, errno), now)).toBe(whose);
  });
});

/** A small disk of their own stands for a quota. Only root can give it to them. */
describe.runIf(process.getuid?.() === 0)("a quota that ends an upload in its midst", () => {
  let server: WorkspacesServer;
  let disk = "";
  beforeAll(async () => {
    server = await createWorkspacesServer({ room: asked(room) });
    disk = path.join(server.dataDir, "workspaces", String(server.ids.ann));
    mkdirSync(disk, { recursive: true });
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", disk]);
  });
  afterAll(async () => {
    execFileSync("umount", ["-l", disk]);
    await server?.close();
  });

  it("is told as theirs, with the figures and when they were counted", async () => {
    const id = await server.create({});
    const { status, body } = await server.call(
      "PUT",
      `/api/stoa/v1/workspaces/${id}/files/content?path=big`,
      undefined,
      { raw: Buffer.alloc(8 * MIB), headers: { "content-type": "application/octet-stream" } },
    );
    expect(status).toBe(507);
    expect(body.detail).toMatch(
      /Your storage has no room for it: of 100 MiB \(set by boss\), 2 MiB are used, as counted/,
    );
    expect(body.details).toMatchObject({ reason: "storage_quota" });
    expect((await server.call("GET", `/api/stoa/v1/workspaces/${id}/files`)).body.items).toEqual([]);
  });

  it("leaves the way out open when there is not a block left: what is deleted for good needs no room", async () => {
    const id = await server.create({});
    execFileSync("sh", ["-c", 'cat /dev/zero > "$1" 2>/dev/null || true', "sh", server.onDisk(id, "filler")]);
    expect(statfsSync(disk).bavail).toBe(0);
    const caller = {
      accountId: server.ids.ann,
      actor: { accountId: server.ids.ann, label: "ann", credentialKind: null, credentialId: null },
      requestId: null,
      address: null,
    };
    await server.workspaces.rescue.erase(caller, [{ workspace: id, path: "filler" }]);
    expect(await server.operations.runAll()).toMatchObject([{ erased: 1, left: 0 }]);
    expect(statfsSync(disk).bavail).toBeGreaterThan(0);
  });
});
