import { expect, test } from "vitest";
import { plainDigits } from "./code-field.tsx";

test("a code typed on a Persian or Arabic keyboard is the same code", () => {
  expect(plainDigits("۱۲۳ ۴۵۶")).toBe("123 456");
  expect(plainDigits("٠٩٨٧")).toBe("0987");
  expect(plainDigits("abcd-ef12")).toBe("abcd-ef12");
});
