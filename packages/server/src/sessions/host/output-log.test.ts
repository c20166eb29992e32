import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createOutputLog, readOutputLog } from "./output-log.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stoa-output-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const openFiles = () => readdirSync("/proc/self/fd").length;
const read = (offset = 0, most = 100) => readOutputLog(folder, offset, most).bytes.toString();

describe("a session's output, in a folder that its owner writes into", () => {
  it("is the newest of what was printed", () => {
    const log = createOutputLog(folder, 8);
    for (const part of ["abcdef", "ghij", "kl"]) log.append(Buffer.from(part));
    log.close();
    expect(readOutputLog(folder, 0, 100)).toMatchObject({ offset: 4, nextOffset: 12, total: 12 });
    expect([read(), read(-3), read(6, 3)]).toEqual(["efghijkl", "jkl", "ghi"]);
  });

  it("keeps no file open, whatever lies there", () => {
    writeFileSync(join(folder, "output-0.log"), "abc");
    symlinkSync("/etc/passwd", join(folder, "output-3.log"));
    const before = openFiles();
    for (let times = 0; times < 20; times += 1) expect(read()).toBe("abc");
    expect(openFiles()).toBe(before);
  });

  it("opens a few files at most, and takes no number that is none for a place", () => {
    for (let at = 0; at < 3000; at += 1) writeFileSync(join(folder, `output-${at}.log`), "x");
    writeFileSync(join(folder, `output-${"9".repeat(60)}.log`), "x");
    const { total, bytes } = readOutputLog(folder, 0, 1000);
    expect(total).toBeLessThanOrEqual(3000);
    expect(bytes.length).toBeLessThan(10);
  });
});
