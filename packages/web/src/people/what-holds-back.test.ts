import { expect, test } from "vitest";
import { whatHoldsBack } from "./what-holds-back.ts";

const person = { status: "active", email_verified: true, deletion_due_at: null, is_admin: false } as const;

test.each([
  [person, []],
  [{ ...person, status: "deactivated", email_verified: false } as const, ["deactivated"]],
  [{ ...person, status: "pending", email_verified: false } as const, ["pending"]],
  [{ ...person, deletion_due_at: "2030-01-01T00:00:00.000Z" }, ["leaving"]],
  [{ ...person, email_verified: false }, ["unverified"]],
  [{ ...person, email_verified: false, is_admin: true }, []],
])("%j is held back by %j", (given, held) => {
  expect(whatHoldsBack(given, true)).toEqual(held);
});

test("an address that is not verified holds nobody back where that is not asked for", () => {
  expect(whatHoldsBack({ ...person, email_verified: false }, false)).toEqual([]);
});
