import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isWellFormedToken, looksLikeRandomSecret, newToken, randomSecret, sameSecret } from "./secret-format.ts";

describe("tokens", () => {
  it("are prefix, 43 and 6 base62 digits, and check themselves", () => {
    const token = newToken("zpat_");
    expect(token).toMatch(/^zpat_[0-9A-Za-z]{49}$/);
    expect(isWellFormedToken("zpat_", token)).toBe(true);
    expect(isWellFormedToken("uws_", token)).toBe(false);
    expect(newToken("zpat_")).not.toBe(token);
  });

  it("notice any one changed character", () => {
    const token = newToken("zpat_");
    fc.assert(
      fc.property(fc.integer({ min: 5, max: token.length - 1 }), fc.constantFrom(..."aZ09_-é"), (at, character) => {
        fc.pre(token[at] !== character);
        const changed = token.slice(0, at) + character + token.slice(at + 1);
        return !isWellFormedToken("zpat_", changed);
      }),
    );
  });

  it.each(["", "zpat_", `zpat_${"a".repeat(49)}`, `zpat_${"a".repeat(500)}`])("refuse %s", (text) => {
    expect(isWellFormedToken("zpat_", text)).toBe(false);
  });
});

describe("random secrets", () => {
  it("hold 256 bits", () => {
    expect(Buffer.from(randomSecret(), "base64url")).toHaveLength(32);
    expect(looksLikeRandomSecret(randomSecret())).toBe(true);
    expect(looksLikeRandomSecret("x".repeat(42))).toBe(false);
    expect(looksLikeRandomSecret(`${"x".repeat(42)}\n`)).toBe(false);
  });

  it("are compared whole", () => {
    expect(sameSecret("abc", "abc")).toBe(true);
    expect(sameSecret("abc", "abd")).toBe(false);
    expect(sameSecret("abc", "abcd")).toBe(false);
  });
});
