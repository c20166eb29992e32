import { expect, it } from "vitest";
import { createLastSeen } from "./last-seen.ts";
import type { Observation } from "./resources/contract.ts";

const at = (minute: number): Date => new Date(Date.UTC(2026, 0, 1, 0, minute));
const job = { id: 1, started_at: at(1) };
const seen = (state: "running" | "stopping" | "ended" | "absent") => ({ state }) as Observation;

it("knows when each was seen to run, and not after it was forgotten", () => {
  const last = createLastSeen();
  expect(last.of(job)).toBeNull();
  last.note(1, seen("running"), at(5));
  last.note(2, seen("running"), at(9));
  last.note(1, seen("ended"), at(7));
  last.note(1, seen("absent"), at(8));
  expect(last.of(job)).toEqual(at(5));
  last.forget(1);
  expect([last.of(job), last.of({ ...job, id: 2 })]).toEqual([null, at(9)]);
});

it("lets one that is ending have ended a minute before, and no earlier than it was seen to run", () => {
  const last = createLastSeen();
  last.note(1, seen("stopping"), at(5));
  expect(last.of(job)).toEqual(at(4));
  last.note(1, seen("running"), at(6));
  last.note(1, seen("stopping"), at(6));
  expect(last.of(job)).toEqual(at(6));
});

it("takes an earlier server's word for what ran then, until it sees for itself", () => {
  const last = createLastSeen();
  last.lookedAfterUntil(at(10));
  expect(last.of(job)).toEqual(at(10));
  for (const started_at of [null, at(11)]) expect(last.of({ ...job, started_at })).toBeNull();
  last.note(1, seen("running"), at(12));
  expect(last.of(job)).toEqual(at(12));
});
