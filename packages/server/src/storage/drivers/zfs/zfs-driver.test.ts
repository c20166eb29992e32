import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { type BackEndProblemCode, backEndProblem } from "../../back-end-problems.ts";
import type { HostAnswer, StorageHost, StorageRequest } from "../../hosts/contract.ts";
import { HostUnreachable } from "../../hosts/contract.ts";
import { BackEndAway, keyOf } from "../contract.ts";
import { createZfsDriver } from "./zfs-driver.ts";

const done = (out: string): HostAnswer => ({ code: 0, out, err: "" });
const failed = (code: number | null, err = "no"): HostAnswer => ({ code, out: "", err });

function lines(dataset: string, values: Record<string, string | number>): string {
  return Object.entries(values)
    .map(([property, value]) => `${dataset}\t${property}\t${value}\n`)
    .join("");
}

const FILES = { type: "filesystem", quota: 0, refquota: 0, used: 5000, referenced: 100, available: 9000 };
const NOWHERE = { mounted: "no", canmount: "on", mountpoint: "none", readonly: "off" };
const BASE = lines("tank/home", { ...FILES, ...NOWHERE });
const STATUS = (state: string, errors = "No known data errors") =>
  done(`  pool: tank\n state: ${state}\n scrub: none requested\n\nerrors: ${errors}\n`);

type Answers = Partial<Record<StorageRequest["do"], HostAnswer | Error>>;

/** A storage host that answers so; the real ones are in tests/peers/storage. */
function driverOn(answers: Answers) {
  const asked: string[] = [];
  const host: StorageHost = {
    async run(request) {
      asked.push(request.do);
      const answer = answers[request.do] ?? failed(1, `${request.do} was not expected`);
      if (answer instanceof Error) throw answer;
      return answer;
    },
    close: async () => undefined,
  };
  return { driver: createZfsDriver({ host, base: "tank/home", log: pino({ level: "silent" }) }), asked };
}

const WELL: Answers = { "zpool-status": STATUS("ONLINE"), "zfs-get": done(BASE), "zfs-version": failed(2) };

describe("what is told of the back end", () => {
  it("OpenZFS by its release, zfs-fuse by having none; size and what is free", async () => {
    expect(await driverOn(WELL).driver.probe()).toMatchObject({
      ok: true,
      problem: "",
      about: "zfs-fuse, dataset tank/home, not mounted",
      size: 14_000,
      free: 9000,
    });
    const newer = driverOn({ ...WELL, "zfs-version": done("zfs-2.1.11-1\nzfs-kmod-2.1.11-1\n") });
    expect((await newer.driver.probe()).about).toBe("zfs-2.1.11-1, dataset tank/home, not mounted");
  });

  const HOST_AWAY = new HostUnreachable("down", backEndProblem("host_down", { host: "files", said: "no route" }));
  it.each<[string, Answers, boolean, BackEndProblemCode, RegExp]>([
    ["a missing disk", { "zpool-status": STATUS("DEGRADED") }, true, "pool_needs_disk", /DEGRADED.*zpool status/],
    [
      "lost data",
      { "zpool-status": STATUS("ONLINE", "5 data errors, use '-v' for a list") },
      ...([true, "pool_lost_data", /5 data errors/] as const),
    ],
    [
      "a suspended pool",
      { "zpool-status": STATUS("SUSPENDED") },
      ...([false, "pool_suspended", /SUSPENDED.*zpool clear tank/] as const),
    ],
    ["a pool without its disks", { "zpool-status": STATUS("UNAVAIL") }, false, "pool_suspended", /UNAVAIL/],
    ["no such pool", { "zpool-status": failed(1) }, false, "pool_missing", /zpool import tank/],
    ["no ZFS", { "zpool-status": failed(127) }, false, "zfs_missing", /no ZFS/],
    ["a pool that does not answer", { "zpool-status": failed(null) }, false, "zfs_silent", /suspended/],
    ["no such dataset", { "zfs-get": failed(1) }, false, "dataset_missing", /zfs create tank\/home/],
    ["a volume", { "zfs-get": done(BASE.replace("filesystem", "volume")) }, false, "dataset_volume", /volume/],
    [
      "not mounted",
      { "zfs-get": done(BASE.replace("\tnone", "\t/srv")), stat: done("") },
      ...([false, "dataset_not_mounted", /zfs mount tank\/home/] as const),
    ],
    [
      "read-only",
      { "zfs-get": done(BASE.replace("readonly\toff", "readonly\ton")) },
      ...([true, "dataset_read_only", /read-only/] as const),
    ],
    ["its host away", { "zpool-status": HOST_AWAY }, false, "host_down", /files can't be reached \(no route\)/],
  ])("%s", async (_, answers, ok, code, problem) => {
    const state = await driverOn({ ...WELL, ...answers }).driver.probe();
    expect(state).toMatchObject({ ok, problem: expect.stringMatching(problem), problemToldBy: { code } });
  });
});

describe("a back end that is away", () => {
  const ADA = { kind: "user", name: "ada", project: 1 } as const;
  const wanted = { ...ADA, owner: { uid: 1000, gid: 1000 }, quota: 0, adopted: false };

  it("on a suspended pool runs nothing, until it was seen to be well again", async () => {
    const answers: Answers = { ...WELL, "zpool-status": STATUS("SUSPENDED") };
    const { driver, asked } = driverOn(answers);
    await driver.probe();
    asked.length = 0;
    for (const work of [
      () => driver.list(),
      () => driver.leftAlone(),
      () => driver.look([ADA]),
      () => driver.settle([wanted]),
      () => driver.discard(ADA, "x-1"),
      () => driver.restore("x-1", ADA),
      () => driver.purge("x-1", 1, AbortSignal.timeout(1000)),
      async () => driver.usage?.(),
      async () => driver.snapshots?.list(),
      async () => driver.snapshots?.of(ADA),
    ]) {
      await expect(work()).rejects.toThrow(BackEndAway);
    }
    expect(asked).toEqual([]);
    answers["zpool-status"] = STATUS("ONLINE");
    await driver.probe();
    expect(await driver.look([ADA])).toEqual([]);
  });

  it.each([
    ["does not answer in time", failed(null)],
    ["is gone", new HostUnreachable("down", "gone")],
  ])("that %s is away, and nothing is known of its subjects", async (_, answer) => {
    const { driver } = driverOn({ "zfs-get": answer });
    await expect(driver.look([ADA])).rejects.toThrow(BackEndAway);
    await expect(driver.settle([wanted])).rejects.toThrow(BackEndAway);
    await expect(driver.discard(ADA, "x-1")).rejects.toThrow(BackEndAway);
  });

  it("whose base is gone has no subjects that could be missing", async () => {
    const { driver } = driverOn({ "zfs-get": failed(1), "zfs-snapshots": failed(1) });
    await expect(driver.list()).rejects.toThrow(BackEndAway);
    await expect(driver.look([ADA])).rejects.toThrow(BackEndAway);
    await expect(driver.discard(ADA, "x-1")).rejects.toThrow(BackEndAway);
    await expect(driver.restore("x-1", ADA)).rejects.toThrow(BackEndAway);
    await expect(driver.purge("x-1", 1, AbortSignal.timeout(1000))).rejects.toThrow(BackEndAway);
    await expect(driver.discarded()).rejects.toThrow(BackEndAway);
    await expect(driver.usage?.()).rejects.toThrow(BackEndAway);
    await expect(driver.settle([wanted])).rejects.toThrow(BackEndAway);
    await expect(driver.snapshots?.list()).rejects.toThrow(BackEndAway);
    await expect(driver.snapshots?.of(ADA)).rejects.toThrow(BackEndAway);
  });

  it("ends a purge when it is told to", async () => {
    const entry = lines("tank/home/.stoa-trash/x-1", { ...FILES, ...NOWHERE });
    const { driver } = driverOn({ "zfs-get": done(BASE + entry), "zfs-destroy": failed(1, "dataset is busy") });
    const end = new AbortController();
    const purging = driver.purge("x-1", 1, end.signal);
    end.abort(new Error("enough"));
    await expect(purging).rejects.toThrow("enough");
  });
});

it("reads figures of many from one answer, whatever else lies there", async () => {
  const out = [
    BASE,
    lines("tank/home@daily", { type: "snapshot", used: 1 }),
    lines("tank/home/ada", { ...FILES, quota: 7000, used: 6000 }),
    lines("tank/home/jos:c3a9", { ...FILES, refquota: 9_007_199_254_740_991, referenced: 4000 }),
    lines("tank/home/.stoa-trash", FILES),
    lines("tank/home/a.b", FILES),
    lines("tank/home/disk", { ...FILES, type: "volume" }),
    lines("tank/home/ada/below", FILES),
    lines("tank/home2/eve", FILES),
  ].join("");
  const { driver, asked } = driverOn({ "zfs-get": done(out) });
  expect(await driver.usage?.()).toEqual(
    new Map([
      ["user/ada", { quota: 7000, used: 6000 }],
      ["user/josé", { quota: 9_007_199_254_740_991, used: 4000 }],
    ]),
  );
  expect(asked).toEqual(["zfs-get"]);
  expect((await driver.leftAlone()).map(keyOf)).toEqual(["user/a.b"]);
});
