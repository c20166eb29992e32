import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { buildVm, whyNoVm } from "./build-vm.ts";
import type { Told } from "./idle-group-guest.ts";
import { QUOTAS_VM } from "./quotas-vm.ts";
import { startVm, type Vm } from "./run-vm.ts";

// Walks that give way, on the unified hierarchy and Debian's own kernel: groups as systemd makes them, made by hand.

const why = whyNoVm();
const BUILDING = 1_800_000;
const CHECKOUT = join(import.meta.dirname, "../../../..");
const GUEST = "tests/peers/storage/vm/idle-group-guest.ts";
const SOURCES = ["packages/server/src/platform/processes", "packages/server/src/platform/database/process-identity.ts"];
const AT = "/sys/fs/cgroup";
/** Whom an unprivileged server runs as. */
const UID = 1500;

describe.skipIf(why !== null)(`the idle group on the unified hierarchy${why === null ? "" : ` (${why})`}`, () => {
  let folder: string;
  let vm: Vm;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "stoa-guest-"));
    const machine = await buildVm(QUOTAS_VM);
    vm = await startVm(machine, { disks: [], images: [makeDisk(folder)] });
    await vm.must("mkdir", "-p", "/srv/guest");
    await vm.must("mount", "-o", "ro", "/dev/vdb", "/srv/guest");
    await vm.must("mount", "-t", "cgroup2", "none", AT);
  }, BUILDING);
  afterAll(async () => {
    await vm?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  const shell = (line: string): Promise<string> => vm.must("sh", "-c", line);

  beforeEach(async () => {
    // As systemd has it before anybody asks for a share of the processor.
    await shell(`cd ${AT}; echo "-cpu -memory -pids" > cgroup.subtree_control
      mkdir -p system.slice/stoa.service other.slice`);
  });

  /** What the guest tells that runs in that group, with others that count in another. */
  async function told(group: string, others: string, uid = 0): Promise<Told> {
    const as = uid === 0 ? "" : `setpriv --reuid ${uid} --regid ${uid} --clear-groups --`;
    const answer = await vm.run("sh", [
      "-c",
      `echo 0 > ${AT}/${group}/cgroup.procs && exec ${as} /srv/guest/node /srv/guest/${GUEST} ${AT}/${others}`,
    ]);
    if (answer.code !== 0) throw new Error(`${answer.code}: ${answer.err}`);
    return JSON.parse(answer.out) as Told;
  }

  it("lets a service of root's give way to all of the machine, and has it back where it starves", async () => {
    const { share, ...rest } = await told("system.slice/stoa.service", "other.slice");
    expect(rest).toEqual({
      isOpen: true,
      hasSessions: true,
      entered: "/stoa-idle",
      movedTo: "/system.slice/stoa.service",
    });
    expect(share).toBeLessThan(0.2);
  });

  it("comes back to that after systemd took the controller away, and somebody the group", async () => {
    await shell(`cd ${AT}; echo +cpu > cgroup.subtree_control; mkdir -p stoa-idle; echo 1 > stoa-idle/cpu.idle
      echo -cpu > cgroup.subtree_control; echo +cpu > cgroup.subtree_control`);
    expect(await shell(`cat ${AT}/stoa-idle/cpu.idle`)).toBe("0\n");
    expect((await told("system.slice/stoa.service", "other.slice")).share).toBeLessThan(0.2);
    await shell(`rmdir ${AT}/stoa-idle`);
    expect(await told("system.slice/stoa.service", "other.slice")).toMatchObject({ entered: "/stoa-idle" });
  });

  it("lets a user's service give way to what else is that user's", async () => {
    await shell(`cd ${AT}; echo +cpu > cgroup.subtree_control; mkdir -p user.slice
      echo +cpu > user.slice/cgroup.subtree_control
      cd user.slice; mkdir -p user@.service/app.slice/stoa.service user@.service/other.service
      for each in user@.service user@.service/app.slice user@.service/app.slice/stoa.service user@.service/other.service
      do chown ${UID}:${UID} $each $each/cgroup.procs $each/cgroup.subtree_control $each/cgroup.threads; done`);
    const theirs = "user.slice/user@.service";
    const { share, ...rest } = await told(`${theirs}/app.slice/stoa.service`, `${theirs}/other.service`, UID);
    expect(rest).toEqual({
      isOpen: true,
      hasSessions: true,
      entered: `/${theirs}/stoa-idle`,
      movedTo: `/${theirs}/app.slice/stoa.service`,
    });
    expect(share).toBeLessThan(0.2);
  });

  it("is none for a service that runs in the very group it was given, and leaves that fit for sessions", async () => {
    await shell(`cd ${AT}; echo +cpu > cgroup.subtree_control; echo +cpu > system.slice/cgroup.subtree_control
      mkdir -p system.slice/as-user.service; cd system.slice/as-user.service
      chown ${UID}:${UID} . cgroup.procs cgroup.subtree_control cgroup.threads`);
    expect(await told("system.slice/as-user.service", "other.slice", UID)).toEqual({
      isOpen: false,
      hasSessions: true,
    });
    expect(await shell(`cd ${AT}/system.slice/as-user.service; cat cgroup.type cgroup.subtree_control`)).toBe(
      "domain\n",
    );
  });
});

/** A file system with this Node and the sources that the guest needs, where they lie here. */
function makeDisk(folder: string): string {
  const root = join(folder, "root");
  for (const each of [...SOURCES, GUEST, "package.json"]) {
    cpSync(join(CHECKOUT, each), join(root, each), { recursive: true });
  }
  cpSync(process.execPath, join(root, "node"));
  writeFileSync(join(folder, "disk"), "");
  execFileSync("mke2fs", ["-q", "-t", "ext4", "-d", root, join(folder, "disk"), "400M"]);
  rmSync(root, { recursive: true });
  return join(folder, "disk");
}
