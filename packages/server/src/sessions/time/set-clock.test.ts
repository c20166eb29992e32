import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type ClockWatch, watchClock } from "./set-clock.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stoa-clock-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

let apart = 0;
const open = (bootId = "one", name = "clock"): ClockWatch =>
  watchClock(join(folder, name), { bootId, apart: () => apart });

it("notices while it runs that the clock was set, and no slow correction", () => {
  const watch = open();
  for (let step = 0; step < 5; step += 1) {
    apart += 20_000;
    expect(watch.setAt()).toBeNull();
  }
  apart += 3_600_000;
  const before = Date.now();
  expect(watch.setAt()?.getTime()).toBeGreaterThanOrEqual(before);
  expect(watch.setAt()).not.toBeNull();
});

it("notices what happened while no server ran, and remembers it from one to the next", () => {
  expect(open().setAt()).toBeNull();
  apart += 3_600_000;
  const found = open().setAt();
  expect(found).not.toBeNull();
  expect(open().setAt()).toEqual(found);
});

it("begins anew after a boot, and where nothing can be read or kept", () => {
  open().setAt();
  apart += 3_600_000;
  expect(open("two").setAt()).toBeNull();
  for (const text of ["", "[]", '{"bootId":"two","apart":"far"}', '{"bootId":"two","apart":1,"setAt":"once"}']) {
    writeFileSync(join(folder, "clock"), text);
    expect(open("two").setAt()).toBeNull();
  }
  expect(open("two", "no/such/folder").setAt()).toBeNull();
});
