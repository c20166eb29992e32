import { readFileSync, renameSync, writeFileSync } from "node:fs";

/** Tells when this machine's clock was set. */
export interface ClockWatch {
  /** To be called now and then. The last time that it was set, as far as is known; null: it was not. */
  setAt(): Date | null;
}

export interface Clocks {
  /** Changes with every boot. */
  readonly bootId: string;
  /** Milliseconds by the clock that can be set, less those by the one that nobody sets. */
  apart(): number;
}

interface Known {
  readonly bootId: string;
  readonly apart: number;
  /** ISO 8601. */
  readonly setAt: string | null;
}

/** The two clocks of this machine don't part by so much unless one of them was set. */
const JUMP_MS = 30_000;

const ofThisMachine: Clocks = {
  bootId: readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim(),
  // Counted since the boot, not since our start: a later server's is the same.
  apart: () => Date.now() - Number(process.hrtime.bigint() / 1_000_000n),
};

/**
 * @param file keeps what is known from one server to the next: the clock may be set while none runs. One that can't be
 * read or written is as if it weren't there
 */
export function watchClock(file: string, clocks: Clocks = ofThisMachine): ClockWatch {
  let known = read(file) ?? { bootId: clocks.bootId, apart: clocks.apart(), setAt: null };
  // After a boot nothing runs that began before it.
  if (known.bootId !== clocks.bootId) known = { bootId: clocks.bootId, apart: clocks.apart(), setAt: null };
  return {
    setAt() {
      const apart = clocks.apart();
      const wasSet = Math.abs(apart - known.apart) > JUMP_MS;
      // Slow corrections add up to no jump.
      known = { ...known, apart, setAt: wasSet ? new Date().toISOString() : known.setAt };
      write(file, known);
      return known.setAt === null ? null : new Date(known.setAt);
    },
  };
}

function read(file: string): Known | null {
  try {
    const given = JSON.parse(readFileSync(file, "utf8")) as Partial<Known>;
    const { bootId, apart, setAt = null } = given;
    const isWhole = typeof bootId === "string" && typeof apart === "number";
    const isTime = setAt === null || !Number.isNaN(Date.parse(setAt));
    return isWhole && isTime ? { bootId, apart, setAt } : null;
  } catch {
    return null;
  }
}

function write(file: string, known: Known): void {
  try {
    writeFileSync(`${file}.new`, JSON.stringify(known), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  } catch {
    // a full disk: the next look writes it
  }
}
