import { afterEach, expect, test, vi } from "vitest";
import type { Session } from "../api/types.ts";
import { startAgain } from "./start-again.ts";

afterEach(() => vi.unstubAllGlobals());

const was = { workspace: { id: 7, name: "w" }, job_type: "terminal", folder: "a/b" } as Session;

/** A server that answers each start in turn. @returns the folders that were asked for */
function answering(...statuses: readonly number[]): unknown[] {
  const folders: unknown[] = [];
  vi.stubGlobal("fetch", async (_: string, { body }: { body: string }) => {
    const status = statuses[folders.length] ?? 500;
    folders.push((JSON.parse(body) as { folder?: string }).folder ?? null);
    return Response.json(status === 201 ? { id: 9 } : { status, code: "refused" }, { status });
  });
  return folders;
}

test("starts where it was", async () => {
  const folders = answering(201);
  expect([await startAgain(was, {}), folders]).toEqual([{ session: { id: 9 }, gone: null }, ["a/b"]]);
});

test.each([404, 409])("starts at the root where its folder is gone, and tells which that was: %s", async (status) => {
  const folders = answering(status, 201);
  expect([await startAgain(was, {}), folders]).toEqual([{ session: { id: 9 }, gone: "a/b" }, ["a/b", null]]);
});

test("is refused for what is no folder's matter, once where nothing else can be tried", async () => {
  const busy = answering(503);
  await expect(startAgain(was, {})).rejects.toMatchObject({ status: 503 });
  const full = answering(409);
  await expect(startAgain({ ...was, folder: null }, {})).rejects.toMatchObject({ status: 409 });
  expect([busy, full]).toEqual([["a/b"], [null]]);
});
