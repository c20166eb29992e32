import { describe, expect, it } from "vitest";
import { catalogue, type ErrorCode } from "../errors/catalogue.ts";
import { StoaError } from "../errors/stoa-error.ts";
import { messageIn, persian, preferredLocale } from "./messages.ts";

const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

describe("messages", () => {
  it.each(Object.keys(catalogue) as ErrorCode[])("%s says the same in Persian, with the same placeholders", (code) => {
    expect(persian[code].replace(/\{\w+\}/g, "")).not.toMatch(/[a-z]{3,} [a-z]{3,}/);
    expect(placeholders(persian[code])).toEqual(placeholders(catalogue[code].message));
  });

  it("leaves a contract's exact text alone, and fills in the details of a default one", () => {
    expect(messageIn("fa", new StoaError("not_found", { message: "Not Found" }))).toBe("Not Found");
    expect(messageIn("fa", new StoaError("rate_limited", { details: { seconds: 7 } }))).toContain("7");
    expect(messageIn("en", new StoaError("rate_limited", { details: { seconds: 7 } }))).toContain("7 seconds");
  });

  it("lets an error bring its own translation", () => {
    class Own extends StoaError {
      inLocale(locale: "en" | "fa"): StoaError {
        return new StoaError(this.code, { message: locale === "fa" ? "سلام" : "hello" });
      }
    }
    expect(messageIn("fa", new Own("conflict", { message: "hello" }))).toBe("سلام");
  });

  it("does not read a header that was made to be long", () => {
    expect(preferredLocale(`${"x,".repeat(600)}fa`)).toBeNull();
  });

  it.each([
    [undefined, null],
    ["fa", "fa"],
    ["fa-IR,fa;q=0.9,en;q=0.8", "fa"],
    ["de, en;q=0.5, fa;q=0.7", "fa"],
    ["de", null],
    ["*", null],
    ["en;q=0", null],
    ["fa;q=broken", null],
  ])("reads Accept-Language %s as %s", (header, expected) => {
    expect(preferredLocale(header)).toBe(expected);
  });
});
