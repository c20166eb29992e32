import type { Config } from "../../../config/schema.ts";
import type { HubServerRow } from "../../tables.ts";

export type IdleSignal = Config["hub"]["idleSignals"][number];

/** When servers are stopped that nobody uses. */
export interface IdlePolicy {
  readonly idleMs: number;
  /** Before the stop; 0: nobody is warned. */
  readonly warningMs: number;
  readonly signals: ReadonlySet<IdleSignal>;
}

const MINUTE_MS = 60_000;

/** As it is set now; null: no server is stopped. A warning begins half of the time before the stop at the earliest. */
export function idlePolicy({ hub }: Pick<Config, "hub">): IdlePolicy | null {
  if (hub.idleMinutes === 0) return null;
  const idleMs = hub.idleMinutes * MINUTE_MS;
  const warningMs = Math.min(hub.idleWarningMinutes * MINUTE_MS, idleMs / 2);
  return { idleMs, warningMs, signals: new Set(hub.idleSignals) };
}

/** What of a row idle time is counted from. */
export type Used = Pick<
  HubServerRow,
  "started_at" | "changed_at" | "network_at" | "used_at" | "keep_until" | "silent_since"
>;

/**
 * When a server is to be stopped if nothing happens any more; ms since the epoch by the database's clock.
 * @param aheadMs how far the hub's clock is ahead of the database's: what the hub tells is by its own
 */
export function stopDue(row: Used, { idleMs, signals }: IdlePolicy, aheadMs: number): number {
  const began = beganAt(row, aheadMs);
  const network = signals.has("network") ? (row.network_at?.getTime() ?? 0) : 0;
  const asked = asksServers({ signals }) ? (row.used_at?.getTime() ?? 0) : 0;
  const due = Math.max(began, network, asked) - aheadMs + idleMs;
  return Math.max(due, row.keep_until?.getTime() ?? 0);
}

/** When a server started, by the hub's clock; ms since the epoch. */
export function beganAt({ started_at, changed_at }: Pick<Used, "started_at" | "changed_at">, aheadMs: number): number {
  return started_at === null ? changed_at.getTime() + aheadMs : started_at.getTime();
}

/** Whether only the server itself knows some of the signals that count. */
export function asksServers({ signals }: Pick<IdlePolicy, "signals">): boolean {
  return signals.has("kernel") || signals.has("terminal");
}
