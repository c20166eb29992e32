import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { groups } from "./cases.ts";
import { createUpstream, type Upstream } from "./peer.ts";
import { type RunningProxy, startOurs } from "./proxies.ts";
import { runCase } from "./trial.ts";

let upstream: Upstream;
let ours: RunningProxy;

beforeAll(async () => {
  upstream = await createUpstream();
  ours = await startOurs(upstream.port);
}, 60_000);

afterAll(async () => {
  await ours?.stop();
  upstream?.close();
}, 30_000);

describe.each(groups)("$name", ({ cases }) => {
  it.each(cases)("$id: $right", async (one) => {
    expect(await runCase(one, ours, upstream)).toBe(null);
  });
});

it("the cases are told apart by their names", () => {
  const ids = groups.flatMap(({ cases }) => cases.map(({ id }) => id));
  expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
  expect(ids.length).toBeGreaterThanOrEqual(60);
});
