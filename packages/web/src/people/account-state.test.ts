import { expect, test } from "vitest";
import { lookOf } from "../pieces/states.ts";
import { accountMarks, accountState } from "./account-state.ts";

const due = "2026-12-01T00:00:00.000Z";

test("a planned deletion shows until it is done", () => {
  expect(accountState({ status: "active", deletion_due_at: due })).toBe("leaving");
  expect(accountState({ status: "deactivated", deletion_due_at: due })).toBe("leaving");
  expect(accountState({ status: "deleted", deletion_due_at: due })).toBe("deleted");
  expect(accountState({ status: "active", deletion_due_at: null })).toBe("active");
  expect(lookOf("account", "leaving")).not.toBeNull();
});

test("what makes an account less safe is marked, where somebody can use it", () => {
  const weak = { second_factor: false, email_verified: false };
  expect(accountMarks({ status: "active", ...weak })).toEqual(["noSecondFactor", "emailUnverified"]);
  expect(accountMarks({ status: "pending", ...weak })).toEqual(["noSecondFactor"]);
  expect(accountMarks({ status: "deleted", ...weak })).toEqual([]);
  expect(accountMarks({ status: "active", second_factor: true, email_verified: true })).toEqual([]);
});
