import { describe, expect, it } from "vitest";
import { judge } from "./system-accounts-check.ts";

const range = { first: 200_000, last: 299_999 };
const mark = "0123456789abcdef01";
const entry = (number: number, account: number, by = mark): string =>
  `stoa-${number}:x:${number}:${number}:Stoa ${by} account ${account}:/d/homes/${account}:/usr/sbin/nologin`;

describe("doctor's look at people's numbers", () => {
  it("is content with ours, and with those that this machine has not seen yet", () => {
    const given = [
      { number: 200_001, owner: 1 },
      { number: 200_002, owner: 2 },
    ];
    expect(judge(given, range, mark, `root:x:0:0:root:/root:/bin/sh\n${entry(200_001, 1)}\n`)).toMatchObject({
      state: "ok",
      found: "2 given, of 200000-299999",
    });
  });

  it.each([
    ["another account", "bob:x:200001:200001::/home/bob:/bin/sh"],
    ["another person's", entry(200_001, 2)],
    ["another installation's", entry(200_001, 1, "fedcba987654321000")],
  ])("finds a number that is %s", (_whose, line) => {
    expect(judge([{ number: 200_001, owner: 1 }], range, mark, line)).toMatchObject({
      state: "fail",
      found: "200001 is somebody else's on this machine",
    });
  });

  it("finds numbers that the range left behind", () => {
    expect(judge([{ number: 150_000, owner: 1 }], range, mark, "")).toMatchObject({
      state: "fail",
      found: expect.stringContaining("150000 is outside STOA_UID_RANGE"),
    });
  });
});
