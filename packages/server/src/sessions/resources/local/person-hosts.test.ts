import { spawn } from "node:child_process";
import { chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NoSystemAccount } from "../../../platform/processes/no-system-account.ts";
import { type PersonHosts, workIn } from "./person-hosts.ts";

let root: string;
let ended: unknown[];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "stoa-work-"));
  ended = [];
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const people = (changes: Partial<PersonHosts> = {}): PersonHosts => ({
  ownerOf: async () => null,
  runSession: async () => ({ pid: 1, ended: new Promise(() => undefined), end: async () => void ended.push("task") }),
  async endSession(...asked) {
    ended.push(asked);
    return { found: 2, left: 0 };
  },
  ...changes,
});
const workers = (changes?: Partial<PersonHosts>) => ({ people: people(changes), groups: null, taskMs: 20 });
const transient = (text: string) =>
  expect.objectContaining({ fault: "transient", message: expect.stringContaining(text) });
/** Nobody can say whose it is: as where its owner has mounted a file system of their own over it. */
function unreadable(): string {
  symlinkSync("loop", join(root, "loop"));
  return join(root, "loop", "7");
}

it("ends a session whose folder nobody can look at, as its row says whose it is", async () => {
  const folder = unreadable();
  const work = await workIn(folder, { id: 7, marker: "a-mark", owner_id: 3 }, workers());
  expect(await work.finish("all")).toBe(true);
  expect(ended).toEqual([[3, 7, "a-mark", "all"]]);
  await expect(workIn(folder, 7, workers())).rejects.toEqual(transient("another account"));
});

it("waits for no process that its owner stops, and says what can't be done as one that may be tried again", async () => {
  const job = { id: 7, marker: "a-mark", owner_id: 3 };
  const work = await workIn(unreadable(), job, workers());
  await expect(
    work.settle({ pid: 1, startTime: "", bootId: "" }, { cause: "vanished", message: null }),
  ).rejects.toEqual(transient("it took too long"));
  expect(ended).toEqual(["task"]);
  const refuses = () => Promise.reject(new NoSystemAccount(new Error("the disk is full")));
  rmSync(join(root, "loop"));
  const other = await workIn(unreadable(), job, workers({ endSession: refuses }));
  await expect(other.finish("rest")).rejects.toEqual(transient("could not be put in order"));
});

it("says so when not all could be ended", async () => {
  const endSession = async () => ({ found: 2, left: 1 });
  const work = await workIn(unreadable(), { id: 7, marker: "a-mark", owner_id: 3 }, workers({ endSession }));
  await expect(work.finish("rest")).rejects.toEqual(transient("could not all be ended"));
});

it("takes nobody's word for whose a folder is that something was put over", async () => {
  const work = await workIn("/proc", { id: 7, marker: "a-mark", owner_id: 3 }, workers({ ownerOf: async () => 4 }));
  expect(await work.finish("all")).toBe(true);
  expect(ended).toEqual([[3, 7, "a-mark", "all"]]);
});

/** As root only: an ordinary user can give nothing away. */
describe.runIf(process.getuid?.() === 0)("a folder of another number", () => {
  const NUMBER = 1_999_999_937;
  const job = { id: 7, marker: "a-stranded-mark", owner_id: 3 };
  const folder = (): string => {
    const made = join(root, "7");
    mkdirSync(made);
    chownSync(made, NUMBER, NUMBER);
    return made;
  };

  it("that is another owner's than its row says: its own processes are ended, and nothing is done in there", async () => {
    const work = await workIn(folder(), job, workers({ ownerOf: async () => 4 }));
    await expect(work.clear()).rejects.toEqual(transient("another account"));
    expect(await work.finish("all")).toBe(true);
    expect(ended).toEqual([[3, 7, "a-stranded-mark", "all"]]);
  });

  it.each([
    ["without a broker", null],
    ["whose account is gone", people()],
  ])("%s is settled, once root has ended what is left", async (_why, people) => {
    const warned: unknown[] = [];
    const log = { warn: (what: unknown) => void warned.push(what) };
    const work = await workIn(folder(), job, { people, groups: null, taskMs: 20, log });
    const env = { STOA_JOB: job.marker };
    const left = spawn("/bin/sleep", ["60"], { uid: NUMBER, gid: NUMBER, env, cwd: "/", stdio: "ignore" });
    const gone = new Promise((resolve) => left.once("exit", (_code, signal) => resolve(signal)));
    await expect.poll(() => work.runs()).toBe(true);
    expect(await work.finish("rest")).toBe(true);
    expect(await gone).toBe("SIGKILL");
    expect(await work.finish("rest")).toBe(false);
    expect(warned).toEqual([expect.objectContaining({ ended: 1 }), expect.objectContaining({ ended: 0, others: 0 })]);
    await expect(work.clear()).rejects.toEqual(transient("another account"));
  });

  it("is not settled while what may be its own runs, and nothing tells", async () => {
    const work = await workIn(folder(), 7, { people: null, groups: null, taskMs: 20 });
    const left = spawn("/bin/sleep", ["60"], { uid: NUMBER, gid: NUMBER, cwd: "/", stdio: "ignore" });
    const gone = new Promise((resolve) => left.once("exit", resolve));
    const settled = work.finish("rest").finally(() => left.kill("SIGKILL"));
    await expect(settled).rejects.toEqual(transient("may still run"));
    await gone;
    expect(await work.finish("rest")).toBe(false);
  });
});
