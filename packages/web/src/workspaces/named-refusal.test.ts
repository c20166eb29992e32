import { expect, test } from "vitest";
import { refusals } from "../../../server/src/workspaces/sharing/messages.ts";
import { ApiError, errorFrom } from "../api/api-error.ts";
import { errorText } from "../locales/error-text.ts";
import { namedRefusal } from "./named-refusal.ts";

test("a deletion refused for unanswered shares is told by the workspace's name, and nothing in English", () => {
  const refused = errorFrom(400, { success: false, message: refusals.hasPending(7) }, "r1");
  const told = namedRefusal(refused, "«پایان‌نامه» هنوز حذف نمی‌شود.");
  expect(told).toMatchObject({ requestId: "r1" });
  const t = ((key: string) => key) as Parameters<typeof errorText>[0];
  expect(errorText(t, "fa", told)).toEqual({ text: "«پایان‌نامه» هنوز حذف نمی‌شود.", inEnglish: null });
});

test("any other refusal stays what it is", () => {
  const other = new ApiError({ status: 400, code: "invalid", message: "Jobs are running." });
  expect(namedRefusal(other, "x")).toBe(other);
  expect(namedRefusal(null, "x")).toBeNull();
});
