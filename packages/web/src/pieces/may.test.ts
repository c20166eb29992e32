import { expect, test } from "vitest";
import { may } from "./may.ts";
import { lookOf, states } from "./states.ts";

test("only what runs or waits can be stopped", () => {
  expect(may("session.stop", "running")).toBe(true);
  expect(may("session.stop", "complete")).toBe(false);
});

test("a state that nobody knows has no look, and allows nothing", () => {
  expect(lookOf("session", "haunted")).toBeNull();
  expect(may("session.stop", "haunted")).toBe(false);
});

test("no look relies on colour alone: an icon, or a spinner for what changes by itself", () => {
  for (const [name, look] of Object.entries(states)) {
    expect("icon" in look || look.tone === "busy", name).toBe(true);
  }
});
