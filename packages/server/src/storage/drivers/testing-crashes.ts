import { expect, it } from "vitest";
import { HostUnreachable, type StorageHost, type StorageRequest } from "../hosts/contract.ts";
import { BackEndAway, directoryMode, keyOf, type StorageDriver } from "./contract.ts";
import { codeOf, type Trial } from "./testing-ground.ts";

const MIB = 2 ** 20;
/** A step of a driver has no more commands than this. */
const MOST = 60;

/** Killed between any two commands, and right after any: what was begun is done by the next who asks. */
export function describeCrashes({ ground, subject, wanted, must, pathOf, write, entryOf, expected }: Trial): void {
  const quota = expected.capabilities.enforcedBy === null ? 0 : 32 * MIB;

  /** Runs the step with a driver that dies after so many commands, for each number of them, until it lives. */
  async function interrupt(step: (driver: StorageDriver, after: number) => Promise<void>): Promise<number> {
    for (let after = 0; after < MOST; after++) {
      const fuse = { left: Number.POSITIVE_INFINITY };
      const driver = await ground().open((host) => dyingHost(host, fuse));
      fuse.left = after;
      await step(driver, after);
      const blown = fuse.left < 0;
      await driver.close();
      if (!blown) return after;
    }
    throw new Error(`it still wasn't done after ${MOST} commands`);
  }

  /** A failure of the whole, or of one: all else is a defect. */
  async function attempt(work: Promise<unknown>): Promise<void> {
    await work.catch((error: unknown) => {
      if (!(error instanceof BackEndAway)) throw error;
    });
  }

  it("makes what a killed server has begun to make", async () => {
    const cut = await interrupt(async (driver, after) => {
      const two = [wanted(subject(`cut${after}`), { quota }), wanted(subject(`cut${after}`, "group"), { quota })];
      await attempt(driver.settle(two));
      expect((await ground().driver.settle(two)).map(codeOf)).toEqual(["done", "done"]);
      const found = await ground().driver.look(two);
      expect(found.map(keyOf)).toEqual(two.map(keyOf));
      for (const one of two) {
        const [mode, uid] = (await must("stat", ["-c", "%a %u", pathOf(one)])).trim().split(" ");
        expect(mode).toBe(directoryMode(one).toString(8));
        if (expected.asRoot) expect(uid).toBe(`${one.owner.uid}`);
      }
      if (quota > 0) expect(found.map((one) => one.quota)).toEqual([quota, quota]);
      if (quota > 0) await expectCounted(two[0] as (typeof two)[0]);
    });
    expect(cut).toBeGreaterThan(0);
  });

  it("takes over what a killed server has begun to take over", async () => {
    await interrupt(async (driver, after) => {
      const one = wanted(subject(`old${after}`), { quota, adopted: true });
      await ground().plant(one);
      await must("mkdir", [pathOf(one, "below")]);
      await write(one, "below/before", MIB);
      await must("chown", ["-R", `${one.owner.uid}`, pathOf(one)]).catch(() => undefined);
      await attempt(driver.settle([one]));
      expect((await ground().driver.settle([one])).map(codeOf)).toEqual(["done"]);
      if (quota > 0) await expectUsed(one, MIB);
    });
  });

  it("deletes, brings back and purges what a killed server has begun to", async () => {
    await interrupt(async (driver, after) => {
      const one = wanted(subject(`bin${after}`), { quota });
      expect((await ground().driver.settle([one])).map(codeOf)).toEqual(["done"]);
      await write(one, "file", 1);
      await attempt(driver.discard(one, entryOf(one)));
      expect(codeOf(await ground().driver.discard(one, entryOf(one)))).toBe("done");
      expect(await ground().driver.look([one])).toEqual([]);
      expect(await ground().driver.discarded()).toContain(entryOf(one));
    });
    await interrupt(async (driver, after) => {
      const one = wanted(subject(`back${after}`), { quota });
      await ground().driver.settle([one]);
      await write(one, "file", 1);
      await ground().driver.discard(one, entryOf(one));
      await attempt(driver.restore(entryOf(one), one));
      expect(["done", "missing"]).toContain(codeOf(await ground().driver.restore(entryOf(one), one)));
      expect((await must("ls", [pathOf(one)])).trim()).toBe("file");
    });
    await interrupt(async (driver, after) => {
      const one = wanted(subject(`gone${after}`), { quota });
      await ground().driver.settle([one]);
      await write(one, "file", 1);
      await ground().driver.discard(one, entryOf(one));
      await attempt(driver.purge(entryOf(one), one.project, AbortSignal.timeout(60_000)));
      expect(await ground().driver.purge(entryOf(one), one.project, AbortSignal.timeout(60_000))).toBe(true);
      expect(await ground().driver.discarded()).not.toContain(entryOf(one));
    });
  });

  it("knows nothing, and says so, while its host is away", async () => {
    const fuse = { left: Number.POSITIVE_INFINITY };
    const driver = await ground().open((host) => dyingHost(host, fuse));
    fuse.left = 0;
    const one = wanted(subject());
    await expect(driver.list()).rejects.toThrow(BackEndAway);
    await expect(driver.look([one])).rejects.toThrow(BackEndAway);
    await expect(driver.settle([one])).rejects.toThrow(BackEndAway);
    await expect(driver.discard(one, entryOf(one))).rejects.toThrow(BackEndAway);
    await expect(driver.discarded()).rejects.toThrow(BackEndAway);
    const state = await driver.probe();
    expect(state.ok).toBe(false);
    expect(state.problem).not.toBe("");
    fuse.left = Number.POSITIVE_INFINITY;
    expect(await driver.probe()).toMatchObject({ ok: true });
    await driver.close();
  });

  async function expectCounted(one: ReturnType<typeof wanted>): Promise<void> {
    await write(one, "file", MIB, one.owner);
    await expectUsed(one, MIB);
  }

  async function expectUsed(one: ReturnType<typeof wanted>, bytes: number): Promise<void> {
    const used = async () => (await ground().driver.look([one]))[0]?.used;
    await expect.poll(used, { timeout: 30_000, interval: 500 }).toBeGreaterThanOrEqual(bytes);
  }
}

/**
 * Answers so many requests; carries out one more, of which nobody hears; then is dead. What it carries out beside that
 * one ends first, as it has long ended when a server is there again: two that mount at once are zfs-fuse's end.
 */
function dyingHost(host: StorageHost, fuse: { left: number }): StorageHost {
  const running = new Set<Promise<unknown>>();
  return {
    async run(request: StorageRequest, options) {
      fuse.left -= 1;
      if (fuse.left < -1) {
        await Promise.allSettled(running);
        throw new HostUnreachable("down", "the storage host is dead");
      }
      const answered = host.run(request, options);
      running.add(answered);
      const answer = await answered.finally(() => running.delete(answered));
      if (fuse.left >= 0) return answer;
      await Promise.allSettled(running);
      throw new HostUnreachable("down", "the storage host has died");
    },
    close: () => host.close(),
  };
}
