import { expect, test } from "vitest";
import { whatHoldsBack } from "./what-holds-back.ts";

const person = { status: "active", email_verified: true, deletion_due_at: null } as const;

test.each([
  [person, []],
  [{ ...person, status: "deactivated", email_verified: false } as const, ["deactivated"]],
  [{ ...person, status: "pending", email_verified: false } as const, ["pending"]],
  [{ ...person, deletion_due_at: "2030-01-01T00:00:00.000Z" }, ["leaving"]],
  [{ ...person, email_verified: false }, ["unverified"]],
])("%j is held back by %j", (given, held) => {
  expect(whatHoldsBack(given)).toEqual(held);
});
