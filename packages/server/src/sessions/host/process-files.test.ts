import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as brokers from "../../platform/processes/broker/process-files.ts";
import * as hosts from "./process-files.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "process-files-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function environ(begins: string, bytes = begins.length): string {
  const file = path.join(folder, "environ");
  writeFileSync(file, begins);
  truncateSync(file, bytes);
  return file;
}

/** Neither may import the other's. */
describe.each([
  ["the host's", hosts],
  ["the broker's", brokers],
])("%s look at a process's environment", (_whose, { startOf, holdsEntry }) => {
  it("reads the start alone of one that was grown without end, and finds the mark there", () => {
    const huge = startOf(environ("STOA_JOB=m\0A=b\0", 600 * 2 ** 20));
    expect(huge.length).toBe(131_072);
    expect(holdsEntry(huge, "STOA_JOB=m")).toBe(true);
    expect(holdsEntry(startOf(environ("", 600 * 2 ** 20)), "STOA_JOB=m")).toBe(false);
  });

  it.each([
    ["first", "STOA_JOB=m\0A=b\0", true],
    ["last", "A=b\0STOA_JOB=m\0", true],
    ["without an end", "A=b\0STOA_JOB=m", true],
    ["after one that looks like it", "STOA_JOB=mm\0STOA_JOB=m\0", true],
    ["with more of a value", "STOA_JOB=mm\0", false],
    ["with more of a name", "XSTOA_JOB=m\0", false],
    ["within a value", "A=STOA_JOB=m\0", false],
    ["nowhere", "", false],
  ])("finds an entry whole: %s", (_where, text, found) => {
    // A longer one before it: nothing of that is left in the buffer.
    startOf(environ(`${"x".repeat(40)}\0STOA_JOB=m\0`));
    expect(holdsEntry(startOf(environ(text)), "STOA_JOB=m")).toBe(found);
  });

  it("says nothing of a process that is gone", () => {
    expect(startOf(path.join(folder, "absent")).length).toBe(0);
  });
});
