import { describe, expect, it } from "vitest";
import { hardExpiry, softExpiry } from "./token-expiry.ts";

const now = new Date("2030-01-01T12:00:00Z");
const hard = hardExpiry(now);
const soft = (text?: string) => softExpiry(text, hard, now).toISOString();

describe("a token's expiry", () => {
  it("is 90 days by default, and never after the hard one", () => {
    expect(soft()).toBe("2030-04-01T12:00:00.000Z");
    expect(softExpiry(undefined, new Date("2030-01-02T00:00:00Z"), now).toISOString()).toBe("2030-01-02T00:00:00.000Z");
    expect(hard.toISOString()).toBe("2031-01-02T12:00:00.000Z");
  });

  it.each([
    ["2030-02-01", "2030-02-01T23:59:59.999Z"],
    ["2030-01-01", "2030-01-01T23:59:59.999Z"],
    ["2030-02-01T10:00:00Z", "2030-02-01T10:00:00.000Z"],
    ["2030-02-01T10:00:00+03:30", "2030-02-01T06:30:00.000Z"],
    ["2030-02-01T10:00:00.123456", "2030-02-01T10:00:00.123Z"],
    ["2030-02-01 10:00", "2030-02-01T10:00:00.000Z"],
  ])("reads %s as %s", (text, expected) => {
    expect(soft(text)).toBe(expected);
  });

  it("is none at all after the hard one", () => {
    expect(() => softExpiry(undefined, now, now)).toThrow(expect.objectContaining({ reason: "expiry_rule" }));
  });

  it.each([
    "",
    "soon",
    "2029-12-31",
    "2030-01-01T11:59:59Z",
    "2031-01-03",
    "2030-02-31",
    "2030-13-01",
    "9".repeat(300),
  ])("refuses %s", (text) => {
    expect(() => soft(text)).toThrow(expect.objectContaining({ reason: "expiry_rule", status: 400 }));
  });
});
