import { sql } from "kysely";
import type { Config } from "../../config/schema.ts";
import type { SessionsContext } from "../context.ts";
import { inPersianDigits } from "../persian-digits.ts";
import { SessionRefused } from "../policy.ts";
import { say } from "../sentences.ts";
import type { SessionsTrx } from "../tables.ts";
import { type Check, holds, refuses } from "./check.ts";
import { type MachineMemory, machineMemory } from "./machine-memory.ts";

const MIB = 2 ** 20;
const START_LOCK = 7313;
const ID = "free_memory";
const SET_BY = "STOA_SESSION_MEMORY_RESERVE";

/** One that runs, or is about to. */
export interface Promised {
  /** What it may take. */
  readonly memoryBytes: number;
  /** What it takes now; null: not known, as of one that has not begun. */
  readonly usedBytes: number | null;
}

/** Bytes that a session may take, by its options. */
export function memoryOf(options: Readonly<Record<string, unknown>>): number {
  return Number(options.memory_mb ?? 1024) * MIB;
}

/**
 * Whether one more session fits into this node's memory, beside what runs and may still grow. Until the transaction
 * ends no other start on this node looks: two can't be let in for the same room. The last of a start's checks, as it
 * holds all others up. None where it is switched off.
 */
export async function freeMemoryChecks(
  context: SessionsContext,
  trx: SessionsTrx,
  wantedBytes: number,
): Promise<readonly Check[]> {
  const { config } = context.platform;
  if (config.sessions.memoryCheck === "off") return [];
  await sql`select pg_advisory_xact_lock(${START_LOCK}, hashtext(${config.nodeId}))`.execute(trx);
  const live = await trx
    .selectFrom("jobs")
    .select(["id", "options"])
    .where("node_id", "=", config.nodeId)
    .where("ended_at", "is", null)
    .execute();
  const promised = live.map(({ id, options }) => ({
    memoryBytes: memoryOf(options),
    usedBytes: context.local.memoryOf?.(id) ?? null,
  }));
  return [judge(wantedBytes, promised, machineMemory(), config.sessions)];
}

/** The rule itself; bytes. */
export function judge(
  wantedBytes: number,
  promised: readonly Promised[],
  machine: MachineMemory,
  settings: Pick<Config["sessions"], "memoryReserveBytes" | "memoryPromisedPercent">,
): Check {
  const growing = promised.reduce((sum, one) => sum + Math.max(0, one.memoryBytes - (one.usedBytes ?? 0)), 0);
  const kept = Math.round((growing * settings.memoryPromisedPercent) / 100);
  const used = machine.totalBytes - machine.availableBytes + kept;
  const allowed = Math.max(0, machine.totalBytes - settings.memoryReserveBytes);
  const figures = { used: String(used), allowed: String(allowed), unit: "bytes", setBy: SET_BY } as const;
  if (used + wantedBytes <= allowed) return holds(ID, figures);
  const told = { wanted: mebibytes(wantedBytes), free: mebibytes(Math.max(0, allowed - used)) };
  return refuses(ID, refusal({ ...told, used: mebibytes(used), allowed: mebibytes(allowed) }), figures);
}

function mebibytes(bytes: number): number {
  return Math.floor(bytes / MIB);
}

type Figures = Readonly<Record<"wanted" | "free" | "used" | "allowed", number>>;

function refusal(figures: Figures): SessionRefused {
  const [wanted, free, used, allowed] = [figures.wanted, figures.free, figures.used, figures.allowed].map(
    inPersianDigits,
  );
  return new SessionRefused(
    "conflict",
    say("memory_short", figures),
    `حافظهٔ آزاد این دستگاه کافی نیست: این نشست تا ${wanted} مگابایت حافظه می‌خواهد و ${free} مگابایت آزاد است. ` +
      `از ${allowed} مگابایت، ${used} مگابایت مصرف شده یا برای نشست‌های در حال اجرا کنار گذاشته شده است (${SET_BY}). ` +
      "حافظهٔ کمتری بخواهید، یا پس از پایان نشست‌های دیگر دوباره امتحان کنید.",
  );
}
