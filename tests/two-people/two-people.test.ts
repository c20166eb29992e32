import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  createSharingServer,
  type SharingServer,
} from "../../packages/server/src/workspaces/sharing/testing-sharing.ts";
import { type Step, steps, take } from "./steps.ts";
import { Leak, World } from "./world.ts";

/** `STOA_PROPERTY_SEED` and `STOA_PROPERTY_PATH` of a failure run it again. */
const seed = Number(process.env.STOA_PROPERTY_SEED ?? Date.now() % 2_147_483_647);
const path = process.env.STOA_PROPERTY_PATH;
const MOST_MS = 15_000;

let server: SharingServer;
beforeAll(async () => {
  server = await createSharingServer();
});
afterAll(() => server?.close());

let worlds = 0;
async function newWorld(): Promise<World> {
  worlds += 1;
  const [A, B, C] = await Promise.all(["a", "b", "c"].map((letter) => server.person(`person-${letter}${worlds}`)));
  if (!A || !B || !C) throw new Error("there is nobody");
  const world = new World(server, { A, B, C });
  // Something to begin with, or most steps would meet nothing.
  for (const who of ["A", "B"] as const) await take(world, { who, what: "make", one: 0, other: 0 });
  return world;
}

/** Two people, and now and then a stranger whom nobody knows. */
const who = fc.oneof({ weight: 4, arbitrary: fc.constantFrom("A" as const, "B" as const) }, fc.constant("C" as const));
const step: fc.Arbitrary<Step> = fc.record({
  who,
  what: fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom(...(Object.keys(steps) as Step["what"][])) },
    { weight: 1, arbitrary: fc.constantFrom("share" as const, "accept" as const, "look" as const, "change" as const) },
  ),
  one: fc.nat(30),
  other: fc.nat(20),
});

it("shows and changes nothing of anybody else's, but through a share that was accepted", async () => {
  process.stdout.write(`two people: seed ${seed}${path === undefined ? "" : `, path ${path}`}\n`);
  const property = fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60, size: "max" }), async (taken) => {
    const world = await newWorld();
    for (const one of taken) await take(world, one);
  });
  const again = { seed, ...(path === undefined ? {} : { path }) };
  // One whole story at least, however long a busy machine takes for it; then as many as there is time for.
  await fc.assert(property, { ...again, numRuns: 1 });
  const result = await fc.check(property, {
    ...again,
    numRuns: 100,
    endOnFailure: process.env.STOA_PROPERTY_FIRST !== undefined,
    interruptAfterTimeLimit: MOST_MS,
  });
  expect(result.counterexample, fc.defaultReportMessage(result)).toBeNull();
}, 120_000);

it("would find out", async () => {
  const world = await newWorld();
  const [space] = [...world.spaces.values()].filter(({ owner }) => owner === "A");
  if (!space) throw new Error("there is nothing to leak");
  const [name] = space.names;
  const shown = { status: 200, body: { name } };
  expect(() => world.judge("A", "GET", shown)).not.toThrow();
  expect(() => world.judge("B", "GET", shown)).toThrow(Leak);
  world.grant("B", space.names);
  expect(() => world.judge("B", "GET", shown)).not.toThrow();
  expect(() => world.judge("B", "GET", { status: 500, body: "" })).toThrow(Leak);
  await server.sql("update workspaces set description = 'other' where id = $1", [space.id]);
  await expect(world.unchangedBut("B", "a change")).rejects.toThrow(Leak);
});
