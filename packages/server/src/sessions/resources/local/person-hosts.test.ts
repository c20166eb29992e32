import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
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
