import { describe, expect, it } from "vitest";
import { judge, memoryOf } from "./free-memory.ts";
import { machineMemory } from "./machine-memory.ts";

const GIB = 2 ** 30;
const machine = { totalBytes: 16 * GIB, availableBytes: 10 * GIB };
const settings = { memoryReserveBytes: GIB, memoryPromisedPercent: 100 };

describe("admission by free memory", () => {
  it("lets in what fits beside what is used and kept free", () => {
    expect(judge(9 * GIB, [], machine, settings)).toEqual({
      id: "free_memory",
      ok: true,
      used: String(6 * GIB),
      allowed: String(15 * GIB),
      unit: "bytes",
      setBy: "STOA_SESSION_MEMORY_RESERVE",
      refusal: null,
    });
    expect(judge(9 * GIB + 1, [], machine, settings).ok).toBe(false);
  });

  it("keeps what running sessions may still take, and counts what they took only once", () => {
    const running = [
      { memoryBytes: 4 * GIB, usedBytes: 3 * GIB },
      { memoryBytes: 2 * GIB, usedBytes: null },
      // More than it may: what it says is not room for others.
      { memoryBytes: GIB, usedBytes: 8 * GIB },
    ];
    expect(judge(6 * GIB, running, machine, settings).ok).toBe(true);
    expect(judge(6 * GIB + 1, running, machine, settings)).toMatchObject({ ok: false, used: String(9 * GIB) });
    expect(judge(6 * GIB + 1, running, machine, { ...settings, memoryPromisedPercent: 50 }).ok).toBe(true);
    expect(judge(9 * GIB, running, machine, { ...settings, memoryPromisedPercent: 0 }).ok).toBe(true);
  });

  it("says what is wanted, free, used and allowed, and what to do, in both languages", () => {
    const { refusal } = judge(10 * GIB, [], machine, settings);
    expect(refusal?.code).toBe("conflict");
    for (const locale of ["en", "fa"] as const) {
      const text = (refusal as unknown as { inLocale(locale: string): Error }).inLocale(locale).message;
      const shown = new Intl.NumberFormat(locale, { useGrouping: false });
      for (const figure of [10_240, 9216, 6144, 15_360]) expect(text).toContain(shown.format(figure));
      expect(text).toContain("STOA_SESSION_MEMORY_RESERVE");
    }
  });

  it("has nothing to give on a machine that has less than its reserve", () => {
    const small = { totalBytes: GIB / 2, availableBytes: GIB / 4 };
    expect(judge(1, [], small, settings)).toMatchObject({ ok: false, allowed: "0" });
  });

  it("knows this machine's memory", () => {
    const { totalBytes, availableBytes } = machineMemory();
    expect(totalBytes).toBeGreaterThan(2 ** 28);
    expect(availableBytes).toBeGreaterThan(0);
    expect(availableBytes).toBeLessThan(totalBytes);
  });

  it("reads what a session may take from its options", () => {
    expect([memoryOf({ memory_mb: 2048 }), memoryOf({})]).toEqual([2 * GIB, GIB]);
  });
});
