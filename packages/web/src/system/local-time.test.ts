import { expect, it } from "vitest";
import { fromField, toField } from "./local-time.ts";

it("leads from a moment to the field and back, to the minute", () => {
  const at = "2026-11-21T18:30:00.000Z";
  expect(fromField(toField(at))).toBe(at);
  expect(toField(at)).toMatch(/^2026-11-2\dT\d\d:\d\d$/);
  expect([toField(null), fromField(""), fromField("soon")]).toEqual(["", null, null]);
});
