import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StorageDriver } from "../../../../packages/server/src/storage/drivers/contract.ts";
import { createZfsDriver } from "../../../../packages/server/src/storage/drivers/zfs/zfs-driver.ts";
import { createSshHost } from "../../../../packages/server/src/storage/hosts/ssh-host.ts";
import { log } from "../zfs-ground.ts";
import { buildVm, type VmImage, whyNoVm } from "./build-vm.ts";
import type { LookBackCall } from "./look-back.ts";
import { startVm, type Vm } from "./run-vm.ts";
import { type SoftwareDisk, softwareDisk } from "./software-disk.ts";
import { OPENZFS } from "./zfs-modules.ts";

const BASE = "stoa/home";
const MOUNT = "/srv/home";
const SOFTWARE = "/srv/software";
const DATA = "/srv/data";
const ADA = { kind: "user", name: "ada", project: 1 } as const;
const OWNER = { uid: 12_345, gid: 12_345 };
const WORKSPACE = 7;
const [FIRST, SECOND] = ["stoa-hourly-20261122T07", "stoa-hourly-20261122T08"];
const why = whyNoVm();

interface Outcome {
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they expect, and fail on what they don't
  readonly answer?: any;
  readonly code?: string;
  readonly message?: string;
}

/** What people look back at is entered for real: `.zfs/snapshot`, mounted by the kernel as it is entered. */
describe.skipIf(why !== null)(`snapshots on OpenZFS, looked into${why === null ? "" : `: ${why}`}`, () => {
  let image: VmImage;
  let software: SoftwareDisk;
  let vm: Vm;
  let driver: StorageDriver;

  beforeAll(async () => {
    image = await buildVm(OPENZFS);
    software = softwareDisk();
    vm = await startVm(image, { disks: [1024], images: [software.image], memoryMib: 2048 });
    await vm.must("sh", "-ec", `mkdir -p ${SOFTWARE} && mount -o ro /dev/vdc ${SOFTWARE} && modprobe zfs`);
    await vm.must("addpart", "/dev/vdb", "1", "2048", `${1024 * 2048 - 4096}`);
    await vm.must("zpool", "create", "-m", "none", "stoa", "/dev/vdb1");
    await vm.must("zfs", "create", "-o", `mountpoint=${MOUNT}`, BASE);
    driver = createZfsDriver({ host: createSshHost({ ...vm.ssh, backend: "zfs", base: BASE, log }), base: BASE, log });
    expect(await driver.probe()).toMatchObject({ ok: true });
    const wanted = { ...ADA, owner: OWNER, quota: 0, adopted: false };
    expect(await driver.settle([wanted])).toMatchObject([{ code: "done" }]);
    // As the broker houses somebody.
    await vm.must("sh", "-ec", `mkdir -p ${DATA}/workspaces ${DATA}/trash; chmod 0711 ${DATA} ${DATA}/*`);
    await vm.must("ln", "-s", `${MOUNT}/ada/workspaces`, `${DATA}/workspaces/1`);
    await vm.must("ln", "-s", `${MOUNT}/ada/.stoa/trash`, `${DATA}/trash/1`);
  });
  afterAll(async () => {
    await driver?.close();
    await vm?.[Symbol.asyncDispose]();
    software?.[Symbol.dispose]();
  });

  const live = `${MOUNT}/ada/workspaces/${WORKSPACE}`;
  const shell = async (script: string) => {
    const { code, out, err } = await vm.run("sh", ["-ec", script], OWNER);
    if (code !== 0) throw new Error(`${script}: ${err}`);
    return out;
  };
  const look = async (calls: readonly LookBackCall[], as = OWNER): Promise<Outcome[]> => {
    const args = [`${SOFTWARE}/${software.script}`, `${DATA}/workspaces/1`, `${DATA}/trash/1`, JSON.stringify(calls)];
    const { code, out, err } = await vm.run(`${SOFTWARE}/${software.node}`, args, as);
    if (code !== 0) throw new Error(`it ended with ${code}: ${err}`);
    return JSON.parse(out);
  };
  const list = (asOf: string, ...parts: string[]): LookBackCall => [
    "listFolderAsOf",
    { workspace: WORKSPACE, asOf, parts, limit: 100 },
  ];

  it("shows a person their workspace as it was, under their own account", async () => {
    await shell(
      `mkdir -p ${live}/folder; cd ${live}; echo old > folder/file; echo same > same; ln -s /etc/passwd link`,
    );
    expect(await driver.snapshots?.take([ADA], FIRST)).toMatchObject([{ code: "done" }]);
    await shell(`cd ${live}; echo newer > folder/file; echo x > later; rm link`);
    expect(await driver.snapshots?.take([ADA], SECOND)).toMatchObject([{ code: "done" }]);
    const own = (await driver.snapshots?.of(ADA)) ?? [];
    expect(own.map(({ name, snapshot }) => [name, snapshot])).toEqual([
      ["ada", FIRST],
      ["ada", SECOND],
    ]);
    expect(await driver.snapshots?.of({ ...ADA, name: "nobody" })).toEqual([]);

    const [root, folder, second] = await look([list(FIRST), list(FIRST, "folder"), list(SECOND, "folder")]);
    const marks = (outcome: Outcome | undefined) =>
      outcome?.answer.items.map((one: { name: string; now: string }) => `${one.name} ${one.now}`);
    expect(marks(root)).toEqual(["folder same", "link gone", "same same"]);
    expect(marks(folder)).toEqual(["file changed"]);
    expect(marks(second)).toEqual(["file same"]);
    expect(await vm.must("grep", "-c", `@${FIRST} `, "/proc/mounts")).toBe("1\n");
  });

  it("gives back a copy of what it held, across the two file systems", async () => {
    const from = (...parts: string[]) => ({ workspace: WORKSPACE, asOf: FIRST, parts });
    const to = (...parts: string[]) => ({ workspace: WORKSPACE, parts });
    const outcomes = await look([
      ["measureEntry", from("folder")],
      ["stageCopy", { from: from("folder"), name: "mark-1", keepTimes: true }],
      ["placeBeside", { name: "mark-1", to: to("folder") }],
      ["stageCopy", { from: from("link"), name: "mark-2", keepTimes: true }],
      ["placeBeside", { name: "mark-2", to: to("link") }],
      list(FIRST),
    ]);
    expect(outcomes.filter(({ code }) => code !== undefined)).toEqual([]);
    expect(outcomes[0]?.answer).toEqual({ bytes: 4, complete: true });
    expect(outcomes[2]?.answer).toEqual({ name: "folder (2)" });
    expect(
      await shell(`cat '${live}/folder (2)/file'; readlink ${live}/link; stat -c %u '${live}/folder (2)/file'`),
    ).toBe(`old\n/etc/passwd\n${OWNER.uid}\n`);
    expect(outcomes[5]?.answer.items.map((one: { now: string }) => one.now)).toEqual(["same", "same", "same"]);
  });

  it("lets nobody write there, nor in who is not its person", async () => {
    const there = `${MOUNT}/ada/.zfs/snapshot/${FIRST}/workspaces/${WORKSPACE}`;
    for (const script of [`echo x > ${there}/new`, `rm ${there}/same`, `chmod 777 ${there}/same`]) {
      expect((await vm.run("sh", ["-c", script], OWNER)).err).toMatch(/Read-only file system/);
    }
    const [stranger] = await look([list(FIRST)], { uid: 54_321, gid: 54_321 });
    expect(stranger?.code).toBe("unavailable");
  });

  it("tells what there is none of, and leads nowhere else", async () => {
    const outcomes = await look([
      ...["none", "..", "../..", ".", `${FIRST}/workspaces`].map((name) => list(name)),
      list(FIRST, "none"),
      list(FIRST, "link"),
      ["listFolderAsOf", { workspace: 8, asOf: FIRST, parts: [], limit: 1 }],
    ]);
    const [missing, link, other] = outcomes.splice(5);
    expect(new Set(outcomes.map(({ code }) => code))).toEqual(new Set(["not_found"]));
    expect([missing?.code, link?.code, other?.code]).toEqual(["not_found", "conflict", "not_found"]);
  });

  it("ends with the snapshot, though somebody has looked into it", async () => {
    expect(await driver.snapshots?.remove(ADA, FIRST)).toMatchObject({ code: "done" });
    const [gone, there] = await look([list(FIRST), list(SECOND)]);
    // The kernel may know its name for a while, with nothing below.
    expect([gone?.code, there?.code]).toEqual(["not_found", undefined]);
    expect(gone?.message).toMatch(/^There is no (snapshot|copy of this workspace in the snapshot) stoa-\S+ here\.$/);
  });
});
