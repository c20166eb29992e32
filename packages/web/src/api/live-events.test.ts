import { expect, test } from "vitest";
import { followed, staleByDomain, staleKeys } from "./live-events.ts";

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
