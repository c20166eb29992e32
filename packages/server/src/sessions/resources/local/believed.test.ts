import { expect, it } from "vitest";
import { believedExit, believedStatus } from "./believed.ts";

const at = "2026-01-01T00:00:00.000Z";
const exit = {
  ...{ cause: "exited", code: 0, signal: null, message: null },
  ...{ startedAt: at, readyAt: null, endedAt: at, tree: "gone" },
};
const means = { isolation: "account", network: "shared", limits: "cgroup-v1", ending: "cgroup-kill" };
const status = { state: "running", startedAt: at, readyAt: null, ready: true, exit: null, means };

it("takes what has the right shape", () => {
  expect(believedExit(exit)).toEqual(exit);
  expect(believedStatus(status)).toMatchObject(status);
});

it.each([
  ["no object", null],
  ["another cause", { ...exit, cause: "bored" }],
  ["a fraction", { ...exit, code: 1.5 }],
  ["a text without end", { ...exit, message: "x".repeat(10_000) }],
  ["what no database keeps", { ...exit, message: "\0" }],
  ["no time", { ...exit, endedAt: "soon" }],
  ["a time beyond all", { ...exit, startedAt: "+275760-01-01T00:00:00.000Z" }],
])("does not believe an end with %s", (_what, given) => {
  expect(believedExit(given)).toBeUndefined();
});

it("keeps nothing of an end but what an end is", () => {
  expect(believedExit({ ...exit, more: "x".repeat(100_000), tree: "fallen" })).toEqual({ ...exit, tree: "ending" });
});

it.each([
  ["a text", "account"],
  ["others", { ...means, isolation: "trust" }],
  ["objects", { ...means, limits: { toString: "x" } }],
  ["more", { ...means, more: "x" }],
  ["less", { isolation: "account" }],
])("believes no means that are %s", (_what, given) => {
  expect(believedStatus({ ...status, means: given })).not.toHaveProperty("means");
});
