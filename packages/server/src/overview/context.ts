import type { Accounts } from "../accounts/accounts.ts";
import type { HealthChecks } from "../platform/http/dependency-health.ts";
import type { Platform } from "../platform/platform.ts";
import type { Sessions } from "../sessions/sessions.ts";
import type { Workspaces } from "../workspaces/workspaces.ts";
import type { OverviewDb } from "./tables.ts";

/** What the overview is told by the domains: figures, never their insides. */
export interface OverviewSources {
  readonly sessions: Sessions["figures"];
  readonly accounts: Accounts["figures"];
  /** Names of people, by id. */
  readonly people: Pick<Accounts, "byIds">;
  /** Null: there is no such group. */
  groupName(id: number): Promise<string | null>;
  /** Bytes of all workspaces together. */
  readonly roomUsed: Workspaces["roomUsed"];
  /** Of this machine: how many processes wanted a core over the last quarter of an hour, and how many cores there are. */
  load(): { readonly load: number; readonly cores: number };
  /** What the server depends on, by kind. */
  readonly health: Readonly<Record<string, HealthChecks>>;
}

export interface OverviewContext {
  readonly platform: Platform;
  readonly db: OverviewDb;
  readonly sources: OverviewSources;
}
