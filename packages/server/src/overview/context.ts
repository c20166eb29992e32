import type { Accounts } from "../accounts/accounts.ts";
import type { Db, Trx } from "../platform/database/database.ts";
import type { HealthChecks } from "../platform/http/dependency-health.ts";
import type { Platform } from "../platform/platform.ts";
import type { SessionFigures } from "../sessions/sessions.ts";
import type { Workspaces } from "../workspaces/workspaces.ts";
import type { OverviewDb } from "./tables.ts";

/** What the overview is told by the domains: figures, never their insides. */
export interface OverviewSources {
  sessions(db: Db): SessionFigures;
  accounts(db: Db): ReturnType<Accounts["figures"]>;
  /** Names of people, by id. */
  readonly people: Pick<Accounts, "byIds">;
  /** Null: there is no such group. @param trx one that is open: it must not wait for a second connection */
  groupName(id: number, trx?: Trx): Promise<string | null>;
  /** Bytes of all workspaces together. */
  readonly roomUsed: Workspaces["roomUsed"];
  /** People over their storage quota; null: nobody is. */
  storageOver(): Promise<{ readonly count: number; readonly at: Date } | null>;
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

/** What a question to the database is asked with: a transaction that PostgreSQL ends when it takes too long. */
export interface AskedContext extends Omit<OverviewContext, "db"> {
  readonly db: Trx;
}
