import { expect, test } from "vitest";
import type { SessionType } from "../api/types.ts";
import { startRefusal } from "./start-refusal.ts";

const type = (id: string, refused: string | null): SessionType => ({
  id,
  name: id,
  icon: id,
  parameters: [],
  has_terminal: true,
  refused,
});

test("is told once when nothing may be started, and not while anything may", () => {
  expect(startRefusal([type("a", "Only admins."), type("b", "Only admins.")])).toBe("Only admins.");
  expect(startRefusal([type("a", "Not installed."), type("b", null)])).toBeNull();
  expect(startRefusal([])).toBeNull();
  expect(startRefusal(undefined)).toBeNull();
});
