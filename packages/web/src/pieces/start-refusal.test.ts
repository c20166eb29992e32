import type { TFunction } from "i18next";
import { expect, test } from "vitest";
import { refusalIn, startRefusal } from "./start-refusal.ts";

const types = (...refusals: readonly (string | null)[]) => refusals.map((refused) => ({ refused }));

test("is told once when nothing may be started for one reason, and not while anything may", () => {
  expect(startRefusal(types("Only admins.", "Only admins."))).toBe("Only admins.");
  expect(startRefusal(types("Not installed.", null))).toBeNull();
  expect(startRefusal(types("Not installed.", "Only admins."))).toBeNull();
  expect(startRefusal([])).toBeNull();
  expect(startRefusal(undefined)).toBeNull();
});

test("is told in the reader's language where it can be, else as the server said it", () => {
  const t = ((key: string, { defaultValue }: { defaultValue: string }) =>
    key === "sessionTold.code_missing" ? "کد نصب نیست." : defaultValue) as unknown as TFunction;
  const told = (code: "code_missing" | "not_kept_apart") => ({ text: "English.", code, params: {}, because: null });
  expect(refusalIn(t, { refused: "English.", refused_told: told("code_missing") })).toBe("کد نصب نیست.");
  expect(refusalIn(t, { refused: "فارسی.", refused_told: told("not_kept_apart") })).toBe("فارسی.");
  expect(refusalIn(t, { refused: "As it is.", refused_told: null })).toBe("As it is.");
  expect(refusalIn(t, { refused: null, refused_told: null })).toBeNull();
});
