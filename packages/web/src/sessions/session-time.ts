import type { Session } from "../api/types.ts";

/** Seconds until its time limit; null: none counts now. */
export function secondsLeft({ ends_at }: Pick<Session, "ends_at">, now: number): number | null {
  return ends_at === null ? null : Math.max(0, (Date.parse(ends_at) - now) / 1000);
}

/** Core hours so far: settled once it has ended, until then processors times time. */
export function coreHoursSoFar(
  { core_hours, started_at, ended_at, resource }: Pick<Session, "core_hours" | "started_at" | "ended_at" | "resource">,
  now: number,
): number {
  if (ended_at !== null || started_at === null) return Number(core_hours);
  return (resource.cpus * Math.max(0, now - Date.parse(started_at))) / 3_600_000;
}

/** Seconds before its end in which everybody's page says so. */
const pressingSeconds = 300;

export type Pressing = "idle" | "time";

/** What will stop it soon, unless somebody says otherwise; of two, the sooner. */
export function pressing(session: Pick<Session, "status" | "ends_at" | "idle">, now: number): Pressing | null {
  if (session.status !== "running") return null;
  const left = secondsLeft(session, now);
  const byTime = left !== null && left <= pressingSeconds;
  const idle = session.idle?.warned === true ? session.idle : null;
  if (idle === null) return byTime ? "time" : null;
  const byIdle = (Date.parse(idle.stops_at) - now) / 1000;
  return byTime && left < byIdle ? "time" : "idle";
}

/** As people see it: a program that runs and doesn't answer yet is still starting. */
export function shownState({ status, ready, opens }: Pick<Session, "status" | "ready" | "opens">): string {
  return status === "running" && opens === "program" && !ready ? "starting" : status;
}

export const stages = ["asked", "prepare", "start", "ready"] as const;
export type Stage = (typeof stages)[number];

/** How far a session has come on its way to its first use. */
export function stageOf({ status, preparing, started_at, ready, steps }: Session): Stage {
  if (ready) return "ready";
  if (preparing !== null) return "prepare";
  const starting = steps.at(-1)?.code === "starting";
  return starting || status === "running" || started_at !== null ? "start" : "asked";
}
