import { afterEach, expect, test, vi } from "vitest";
import { restoreFromSnapshot } from "../../api/snapshots.ts";
import { inTheWay, isToBring, mayDiffer, takeBack } from "./restore-past.ts";

afterEach(() => vi.unstubAllGlobals());

const entry = (now: "same" | "changed" | "gone", type: "file" | "folder" = "file", openable = true) => ({
  now,
  type,
  openable,
});

test("a file that is the same is not to be brought back, a folder with the same names may be", () => {
  expect(isToBring(entry("same"))).toBe(false);
  expect(isToBring(entry("same", "folder"))).toBe(true);
  expect(isToBring(entry("changed"))).toBe(true);
  expect(isToBring(entry("gone", "file", false))).toBe(false);
  expect([entry("same"), entry("same", "folder"), entry("gone")].filter(mayDiffer)).toHaveLength(2);
});

test("only what is gone has nothing in its place", () => {
  expect(inTheWay([entry("same", "folder"), entry("changed"), entry("gone")])).toHaveLength(2);
});

/** Answers in this order; @returns what was called */
function server(...answers: readonly unknown[]): string[] {
  const calls: string[] = [];
  const left = [...answers];
  vi.stubGlobal("fetch", (address: string, { method }: RequestInit) => {
    calls.push(`${method} ${address}`);
    return Promise.resolve(Response.json(left.shift()));
  });
  return calls;
}

test("what was brought back before a refusal is told, and what was not, too", async () => {
  const paths = Array.from({ length: 150 }, (_, at) => `${at}.txt`);
  const [first, rest] = [paths.slice(0, 100), paths.slice(100)];
  const back = first.map((path) => ({ path, restored_as: path }));
  const answers = [
    Response.json({ restored: back, failed: [] }),
    Response.json({ detail: "No room.", code: "disk_full" }, { status: 507 }),
  ];
  const sent: unknown[] = [];
  vi.stubGlobal("fetch", (_: string, { body }: RequestInit) => {
    sent.push(JSON.parse(String(body)).paths);
    return Promise.resolve(answers.shift());
  });
  const { restored, failed } = await restoreFromSnapshot({ workspaceId: 3, at: "x" }, paths, "keep_both");
  expect(sent).toEqual([first, rest]);
  expect(restored).toEqual(back);
  expect(failed).toEqual(rest.map((path) => ({ path, problem: "No room.", code: "disk_full" })));
});

test("a refusal before anything was brought back is one", async () => {
  vi.stubGlobal("fetch", () =>
    Promise.resolve(Response.json({ detail: "No room.", code: "disk_full" }, { status: 507 })),
  );
  const all = restoreFromSnapshot({ workspaceId: 3, at: "x" }, ["a.txt"], "replace");
  await expect(all).rejects.toMatchObject({ code: "disk_full" });
});

const old = { id: 7, workspace: { id: 3 }, path: "a.txt" };

test("what replaced something goes to the trash again, and the other comes back from there", async () => {
  const calls = server({ items: [old], next_cursor: null }, {}, {});
  await takeBack({ workspaceId: 3, at: "x" }, { path: "a.txt", restored_as: "a.txt" }, "replace");
  expect(calls).toEqual([
    "GET /api/stoa/v1/trash?limit=200",
    "DELETE /api/stoa/v1/workspaces/3/files?path=a.txt",
    "POST /api/stoa/v1/trash/7/restore",
  ]);
});

test("what came back beside something goes to the trash alone", async () => {
  const calls = server({});
  await takeBack({ workspaceId: 3, at: "x" }, { path: "a.txt", restored_as: "a 2.txt" }, "keep_both");
  expect(calls).toEqual(["DELETE /api/stoa/v1/workspaces/3/files?path=a+2.txt"]);
});
