import { expect, it } from "vitest";
import type { Counted, Subject } from "./contract.ts";
import { keyOf } from "./contract.ts";
import { codeOf, type Trial } from "./testing-ground.ts";

const MIB = 2 ** 20;
const FULL = /quota exceeded|No space left/i;
/** Of figures: ZFS tells new ones some seconds later. */
const SOON = { timeout: 30_000, interval: 500 };

/** What the kernel or ZFS holds people to, where the driver says that it does. */
export function describeQuotas(trial: Trial): void {
  const { capabilities } = trial.expected;
  if (capabilities.enforcedBy === null) describeUnenforced(trial);
  else {
    describeEnforced(trial);
    describeCounted(trial);
  }
}

function describeUnenforced({ ground, made }: Trial): void {
  it("takes a quota that nothing enforces, and says that it isn't known here", async () => {
    const one = await made(undefined, { quota: MIB });
    expect(await ground().driver.look([one])).toEqual([{ kind: "user", name: one.name, quota: null, used: null }]);
  });
}

function describeEnforced({ expected, ground, made, write, pathOf, must, wanted }: Trial): void {
  const { bytes, tooMuch } = expected.quota ?? { bytes: 4 * MIB, tooMuch: 12 * MIB };
  const sizeOf = async (subject: Subject, file: string) =>
    Number(await must("stat", ["-c", "%s", pathOf(subject, file)]));

  it("stops the person whose directory it is at the quota", async () => {
    const one = await made(undefined, { quota: bytes });
    const said = await write(one, "big", tooMuch, one.owner);
    expect(said.code).not.toBe(0);
    expect(said.err).toMatch(FULL);
    expect(await sizeOf(one, "big")).toBeLessThanOrEqual(bytes + MIB);
    expect((await write(one, "more", tooMuch, one.owner)).err).toMatch(FULL);
  });

  it("stops nobody else", async () => {
    const [full, other] = [await made(undefined, { quota: bytes }), await made(undefined, { quota: 2 * tooMuch })];
    await write(full, "big", tooMuch, full.owner);
    expect(await write(other, "big", tooMuch, other.owner)).toMatchObject({ code: 0 });
  });

  it(`${expected.capabilities.bindsRoot ? "stops" : "does not stop"} root`, async () => {
    const one = await made(undefined, { quota: bytes });
    const said = await write(one, "big", tooMuch);
    if (expected.capabilities.bindsRoot) expect(said.err).toMatch(FULL);
    else expect(said.code).toBe(0);
  });

  it("holds a group's directory as well as a person's", async () => {
    const group = await made(undefined, { quota: bytes }, "group");
    expect((await write(group, "big", tooMuch, group.owner)).err).toMatch(FULL);
  });

  it("lets go when the quota is raised, and when it is taken away", async () => {
    const { driver } = ground();
    const one = await made(undefined, { quota: bytes });
    await write(one, "big", tooMuch, one.owner);
    expect(codeOf((await driver.settle([{ ...one, quota: 3 * tooMuch }]))[0])).toBe("done");
    expect((await driver.look([one]))[0]?.quota).toBe(3 * tooMuch);
    expect(await write(one, "more", tooMuch, one.owner)).toMatchObject({ code: 0 });
    expect(codeOf((await driver.settle([{ ...one, quota: 0 }]))[0])).toBe("done");
    expect((await driver.look([one]))[0]?.quota).toBe(0);
    expect(await write(one, "again", 3 * tooMuch, one.owner)).toMatchObject({ code: 0 });
  });

  it(`${expected.capabilities.refusesBelowUsed ? "refuses" : "sets"} a quota below what is used`, async () => {
    const { driver } = ground();
    const one = await made(undefined, { quota: 3 * tooMuch });
    expect(await write(one, "big", tooMuch, one.owner)).toMatchObject({ code: 0 });
    await expect.poll(async () => (await driver.look([one]))[0]?.used, SOON).toBeGreaterThan(bytes);
    const other = wanted(one, { quota: bytes });
    const [outcome] = await driver.settle([other]);
    if (expected.capabilities.refusesBelowUsed) {
      expect(codeOf(outcome)).toBe("below_used");
      expect(outcome?.problem).not.toBe("");
      expect((await driver.look([one]))[0]?.quota).toBe(3 * tooMuch);
    } else {
      expect(codeOf(outcome)).toBe("done");
      expect((await write(one, "more", MIB, one.owner)).err).toMatch(FULL);
    }
  });

  it("frees what was deleted", async () => {
    const one = await made(undefined, { quota: bytes });
    await write(one, "big", tooMuch, one.owner);
    await must("rm", [pathOf(one, "big")]);
    const again = async () => (await write(one, "small", bytes / 4, one.owner)).code;
    await expect.poll(again, SOON).toBe(0);
  });

  it("holds a new one of that name to its own quota, whatever lies in the trash", async () => {
    if (!expected.capabilities.trashOutsideQuota) return;
    const { driver } = ground();
    const old = await made(undefined, { quota: bytes });
    await write(old, "big", tooMuch, old.owner);
    expect(codeOf(await driver.discard(old, `${old.name}-q1`))).toBe("done");
    const young = await made(old.name, { quota: bytes });
    expect(await write(young, "some", bytes / 4, young.owner)).toMatchObject({ code: 0 });
    expect((await write(young, "big", tooMuch, young.owner)).err).toMatch(FULL);
    expect(codeOf(await driver.discard(young, `${old.name}-q2`))).toBe("done");
    expect(codeOf(await driver.restore(`${old.name}-q1`, old))).toBe("done");
    expect(codeOf((await driver.settle([old]))[0])).toBe("done");
    expect((await write(old, "more", tooMuch, old.owner)).err).toMatch(FULL);
  });

  it("counts and holds what was there before it was taken over, also deep below", async () => {
    const one = wanted({ kind: "user", name: `adopted${process.pid}`, project: 99_000 + (process.pid % 900) });
    await ground().plant(one);
    await must("mkdir", ["-p", pathOf(one, "a/b")]);
    await must("chown", ["-R", `${one.owner.uid}`, pathOf(one)]);
    await write(one, "a/b/before", bytes / 2, one.owner);
    await must("ln", ["-s", "/etc", pathOf(one, "a/etc")]);
    const [outcome] = await ground().driver.settle([{ ...one, adopted: true, quota: bytes }]);
    expect(codeOf(outcome)).toBe("done");
    await expect.poll(async () => (await ground().driver.look([one]))[0]?.used, SOON).toBeGreaterThanOrEqual(bytes / 2);
    expect((await write(one, "a/b/after", tooMuch, one.owner)).err).toMatch(FULL);
    expect(await sizeOf(one, "a/b/after")).toBeLessThanOrEqual(bytes / 2 + MIB);
  });
}

function describeCounted({ ground, made, write }: Trial): void {
  const usage = async (): Promise<ReadonlyMap<string, Counted>> => {
    const map = await ground().driver.usage?.();
    if (map === undefined) throw new Error("it counts nothing");
    return map;
  };

  it("counts what is written, of all subjects in one go", async () => {
    const [one, other] = [await made(undefined, { quota: 64 * MIB }), await made(undefined, {}, "group")];
    const before = (await usage()).get(keyOf(one))?.used ?? 0;
    expect(await write(one, "file", 2 * MIB, one.owner)).toMatchObject({ code: 0 });
    await expect
      .poll(async () => ((await usage()).get(keyOf(one))?.used ?? 0) - before, SOON)
      .toBeGreaterThanOrEqual(2 * MIB - 64 * 1024);
    const counted = await usage();
    expect(counted.get(keyOf(one))?.quota).toBe(64 * MIB);
    expect(counted.get(keyOf(other))).toMatchObject({ quota: 0 });
    const [found] = await ground().driver.look([one]);
    expect(found).toMatchObject({ quota: 64 * MIB, used: counted.get(keyOf(one))?.used });
    const listed = (await ground().driver.list()).find((each) => keyOf(each) === keyOf(one));
    expect(listed).toMatchObject({ quota: 64 * MIB });
  });

  it("counts nothing of what is in the trash among the subjects", async () => {
    const one = await made(undefined, { quota: 64 * MIB });
    await ground().driver.discard(one, `${one.name}-u`);
    expect((await usage()).has(keyOf(one))).toBe(false);
  });

  it("looks for files that have left their subject's accounting", async () => {
    const { strays } = ground().driver;
    if (strays === null) return;
    const one = await made(undefined, { quota: 64 * MIB });
    await write(one, "file", 1, one.owner);
    expect(await strays(one, AbortSignal.timeout(60_000))).toBe(0);
  });
}
