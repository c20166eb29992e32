import { afterEach, expect, test, vi } from "vitest";
import { followed, gather, staleByDomain, staleKeys } from "./live-events.ts";

afterEach(() => void vi.useRealTimers());

test("an event makes old what shows its domain", () => {
  expect(staleKeys("session.status")).toContainEqual(["sessions"]);
  expect(staleKeys("workspace.changed")).toContainEqual(["files"]);
  expect(staleKeys("operation.progress")).toEqual([["operations"], ["overview"]]);
});

test("what the portal does not show makes nothing old", () => {
  expect(staleKeys("pool.scrubbed")).toEqual([]);
  expect(staleKeys("")).toEqual([]);
});

test("every domain that an event makes old is followed", () => {
  const domains = new Set(followed.map((type) => type.split(".")[0]));
  expect(Object.keys(staleByDomain).filter((domain) => !domains.has(domain))).toEqual([]);
});

test("every type that is followed makes something old", () => {
  for (const type of followed) expect(staleKeys(type), type).not.toEqual([]);
});

test("the first news refreshes at once, the rest of a burst together a quarter of a second later", () => {
  vi.useFakeTimers();
  const refreshed: unknown[] = [];
  const refresh = gather({ invalidateQueries: async (filter) => void refreshed.push(filter?.queryKey) });
  refresh.add([["hub"]]);
  refresh.add([["hub"], ["sessions"]]);
  vi.advanceTimersByTime(30);
  expect(refreshed).toEqual([["hub"], ["sessions"]]);
  for (let n = 0; n < 10; n += 1) refresh.add([["hub"]]);
  vi.advanceTimersByTime(200);
  expect(refreshed).toHaveLength(2);
  vi.advanceTimersByTime(50);
  expect(refreshed).toHaveLength(3);
  refresh.add([["hub"]]);
  refresh.stop();
  vi.advanceTimersByTime(1_000);
  expect(refreshed).toHaveLength(3);
});
