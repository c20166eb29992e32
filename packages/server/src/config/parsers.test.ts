import { describe, expect, it } from "vitest";
import { addressBlock, bytes, domain, host, type Parser, Refusal, seconds } from "./parsers.ts";

const place = { cwd: "/work", home: "/home/ada" };
function parse<T>(parser: Parser<T>, raw: string): T | "refused" {
  const value = parser.parse(raw, place);
  return value instanceof Refusal ? "refused" : value;
}

describe("sizes and times", () => {
  it.each([
    ["4096", 4096],
    ["4 KiB", 4096],
    ["1MB", 1_000_000],
    ["1.5MiB", "refused"],
    ["9007199254740993", "refused"],
    ["1", "refused"],
    ["-1", "refused"],
  ])("bytes %s → %s", (raw, expected) => {
    expect(parse(bytes(1024, 2 ** 30), raw)).toBe(expected);
  });

  it.each([
    ["90", 90],
    ["15m", 900],
    ["2h", 7200],
    ["1d", 86_400],
    ["1w", "refused"],
    ["2d", "refused"],
  ])("seconds %s → %s", (raw, expected) => {
    expect(parse(seconds(0, 86_400), raw)).toBe(expected);
  });

  it("shows them as they could be written", () => {
    expect([
      bytes(1, 2).show(16 * 2 ** 20),
      bytes(1, 2).show(1000),
      seconds(1, 2).show(5400),
      seconds(1, 2).show(61),
    ]).toEqual(["16MiB", "1000", "90m", "61s"]);
  });
});

describe("names and addresses", () => {
  it.each([
    ["[::1]", "::1"],
    ["Example.ORG", "example.org"],
    ["a_b", "refused"],
    ["-a.org", "refused"],
    ["a.org:80", "refused"],
    [`${"a".repeat(64)}.org`, "refused"],
  ])("host %s → %s", (raw, expected) => {
    expect(parse(host, raw)).toBe(expected);
  });

  it.each([
    ["example.org.", "example.org"],
    ["127.0.0.1", "refused"],
    ["", "refused"],
  ])("domain %s → %s", (raw, expected) => {
    expect(parse(domain, raw)).toBe(expected);
  });

  it.each([
    ["10.0.0.0/8", "10.0.0.0/8"],
    ["fd00::/8", "fd00::/8"],
    ["10.0.0.0/8/8", "refused"],
    ["10.0.0/8", "refused"],
  ])("address block %s → %s", (raw, expected) => {
    expect(parse(addressBlock, raw)).toBe(expected);
  });
});
