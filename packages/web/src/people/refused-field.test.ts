import { expect, it } from "vitest";
import { errorFrom } from "../api/api-error.ts";
import { fieldOf } from "./refused-field.ts";

it.each([
  [{ details: { reason: "username_taken" } }, "username"],
  [{ details: { reason: "email_rule" } }, "email"],
  [{ details: { reason: "full_name_rule" } }, "full_name"],
  [{ errors: [{ field: "email", message: "too long" }] }, "email"],
  [{ errors: [{ field: "organization", message: "too long" }] }, null],
  [{ details: { reason: "sign_in_needed" } }, null],
  [{}, null],
])("knows which field %j is about", (body, field) => {
  expect(fieldOf(errorFrom(400, body, null))).toBe(field);
});
