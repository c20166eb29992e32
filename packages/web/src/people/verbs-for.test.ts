import { expect, test } from "vitest";
import { verbsFor } from "./verbs-for.ts";

const [active, pending, out] = [{ status: "active" }, { status: "pending" }, { status: "deactivated" }] as const;

test.each([
  [[active, active], 2, undefined, { approve: false, activate: false, deactivate: true }],
  [[pending], 1, undefined, { approve: true, activate: true, deactivate: false }],
  [[active, out], 2, undefined, { approve: false, activate: true, deactivate: true }],
  [[active], 300, undefined, { approve: true, activate: true, deactivate: true }],
  [[active], 300, "this_week", { approve: false, activate: false, deactivate: true }],
  [[out], 300, "deactivated", { approve: false, activate: true, deactivate: false }],
] as const)("of %j of %d in the list %s", (known, count, state, verbs) => {
  expect(verbsFor(known, count, state)).toEqual(verbs);
});
