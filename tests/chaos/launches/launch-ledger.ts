import type { LaunchCause } from "../../../packages/server/src/hub/launch/causes.ts";

/** What the proxy does to one call. */
export type FaultKind =
  | "refuse" // the connection is closed, the hub sees nothing
  | "lose" // the hub has done it, its answer never comes
  | "half" // the same, with half of the answer
  | "stall" // held for longer than anybody waits
  | "slow" // held for a while, then answered
  | "page" // a gateway's 502
  | "garbage" // no JSON
  | "full" // 429
  | "forbid" // 403
  | "cut"; // progress that breaks off

/** What is known outside of Stoa; times in ms since the epoch. */
export type LaunchLine =
  | {
      readonly what: "fault";
      readonly kind: FaultKind;
      readonly call: string;
      readonly user: string | null;
      readonly when: number;
    }
  | { readonly what: "asked"; readonly user: string; readonly status: number; readonly when: number }
  | { readonly what: "plan"; readonly user: string; readonly plan: "refuse" | "die" | null; readonly when: number }
  | { readonly what: "hub"; readonly up: boolean; readonly when: number }
  | { readonly what: "stoa"; readonly up: boolean; readonly when: number }
  /** Somebody wanted their server ended, or its start cancelled. */
  | { readonly what: "unwanted"; readonly user: string; readonly when: number }
  | { readonly what: "server-killed"; readonly user: string; readonly when: number }
  | {
      readonly what: "launch";
      readonly user: string;
      readonly operation: string;
      readonly begun: number;
      readonly ended: number;
      readonly state: "ready" | "failed" | "cancelled" | "stuck";
      readonly cause: LaunchCause | null;
      readonly cancelled: boolean;
    }
  | {
      readonly what: "process";
      readonly event: "start" | "end" | "died";
      readonly user: string;
      readonly pid: number;
      readonly when: number;
    }
  | { readonly what: "double"; readonly user: string; readonly pids: readonly number[]; readonly when: number }
  | {
      readonly what: "settled";
      readonly user: string;
      readonly ready: boolean;
      /** What the way in came to. */
      readonly said: string;
      readonly ms: number;
    };
