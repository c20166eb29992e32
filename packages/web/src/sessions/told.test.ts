import type { TFunction } from "i18next";
import { expect, test } from "vitest";
import type { Told } from "../api/types.ts";
import { adviceFor, stopTold } from "./told.ts";

const t = ((key: string, values?: { actor?: string }) =>
  `${key} ${values?.actor ?? ""}`.trim()) as unknown as TFunction;
const told = (code: string | null, actor = "sara"): Told => ({ text: "?", code, params: { actor }, because: null });

test("one's own stop is told with you, another's with the name", () => {
  expect(stopTold(t, told("stopped_by"), "sara")).toBe("sessions.stoppedByYou");
  expect(stopTold(t, told("stopping"), "sara")).toBe("sessions.stoppedByYou");
  expect(stopTold(t, told("stopped_by"), "omid")).toBe("sessionTold.stopped_by sara");
});

test("what ended otherwise was stopped by nobody", () => {
  expect(stopTold(t, told("ended_by_signal"), "sara")).toBeNull();
  expect(stopTold(t, null, undefined)).toBeNull();
});

test.each([
  ["out_of_memory", "memory"],
  ["time_limit_minutes", "time"],
  ["ended_with_status", "output"],
  ["machine_restarted", "again"],
  ["stopped_by", null],
  [null, null],
])("what to do after %s: %s", (code, advice) => expect(adviceFor(told(code))).toBe(advice));
