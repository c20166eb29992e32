import { expect, test } from "vitest";
import { createLane } from "./lanes.ts";

test("so many at a time, the others in order; a failure makes room as well", async () => {
  const lane = createLane(2);
  const begun: number[] = [];
  const works = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
  const entered = works.map((work, n) =>
    lane.enter(() => {
      begun.push(n);
      return work.promise;
    }),
  );
  await expect.poll(() => begun).toEqual([0, 1]);
  works[1]?.reject(new Error("failed"));
  await expect(entered[1]).rejects.toThrow("failed");
  await expect.poll(() => begun).toEqual([0, 1, 2]);
  for (const work of works) work.resolve();
  await Promise.all([entered[0], entered[2], entered[3]]);
  expect(begun).toEqual([0, 1, 2, 3]);
});

test("who is told to end while waiting leaves the queue, and nobody else's place is lost", async () => {
  const lane = createLane(1);
  const first = Promise.withResolvers<void>();
  const abort = new AbortController();
  const running = lane.enter(() => first.promise);
  const left = lane.enter(async () => "ran", abort.signal);
  const last = lane.enter(async () => "ran");
  abort.abort(new Error("enough"));
  await expect(left).rejects.toThrow("enough");
  first.resolve();
  await running;
  expect(await last).toBe("ran");
  expect(await lane.enter(async () => "free again")).toBe("free again");
});
