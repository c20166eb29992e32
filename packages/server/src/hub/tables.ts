import type { ColumnType, Generated, Kysely, Selectable, Transaction } from "kysely";
import type { PlatformTables, Trx } from "../platform/database/database.ts";
import type { LaunchCause } from "./launch/causes.ts";

type Id = ColumnType<number, never, never>;

export type ServerState = "starting" | "ready" | "stopping" | "stopped";
export type StopWish = "person" | "admin" | "idle" | "cancelled" | "account";

export type HubTables = {
  hub_users: {
    account_id: number;
    name: string;
    state: "wanted" | "ours" | "taken" | "missing";
    linked_by: string | null;
    absent_at: Date | null;
    made_at: Date | null;
    /** When the hub made the user that is theirs, by its own word; null: not seen yet. */
    hub_created_at: Date | null;
    /** Linked as an administrator of the hub, knowingly. */
    hub_admin: Generated<boolean>;
    problem: string | null;
    attempts: Generated<number>;
    retry_at: Date | null;
    created_at: Generated<Date>;
  };
  hub_seen_users: {
    name: string;
    is_admin: boolean;
    last_activity: Date | null;
    created_at: Date | null;
    seen_at: Date;
  };
  hub_servers: {
    user_name: string;
    server: string;
    state: ServerState;
    url: string | null;
    started_at: Date | null;
    last_activity: Date | null;
    changed_at: Generated<Date>;
    stop_wanted: StopWish | null;
    /** The `started_at` that this meant; null: the next one that is seen. */
    stop_meant: Date | null;
    /** Until then the hub is being asked to end it, by somebody: no wish is taken back meanwhile. */
    stop_claimed_until: Date | null;
    stop_tries: Generated<number>;
    stop_try_at: Date | null;
    keep_until: Date | null;
    warned_at: Date | null;
    /** When it will be stopped for idleness; null: nobody was told so. */
    idle_stop_at: Date | null;
    /** These five by the hub's clock. On the network, and not our own asking. */
    network_at: Date | null;
    /** The last that its kernels and terminals told of. */
    used_at: Date | null;
    /** When we asked them lately, the last first. */
    asked_at: Generated<Date[]>;
    /** Maybe of a server before this one: its start tells. */
    answered_at: Date | null;
    /** Since when they give no answer. */
    silent_since: Date | null;
    /** What came of the last question, where that was no answer. */
    ask_problem: "silent" | "forbidden" | "elsewhere" | null;
    stopped_because: StopWish | "gone" | null;
    stopped_at: Date | null;
  };
  hub_launches: {
    account_id: number;
    server: string;
    operation_id: string;
    /** The last operation that was about to ask the hub for a start. */
    asking_operation: string | null;
    state: "queued" | "asked" | "ready" | "failed" | "cancelled";
    cause: LaunchCause | null;
    said: string | null;
    begun_at: Generated<Date>;
    asked_at: Date | null;
    ended_at: Date | null;
  };
  hub_tokens: {
    id: Id;
    account_id: number;
    user_name: string;
    server: string;
    hub_id: string | null;
    note: string;
    address: string | null;
    created_at: Generated<Date>;
    expires_at: Date;
    revoke_wanted_at: Date | null;
    revoked_at: Date | null;
    /** The administrator who opened it; null: its owner did. */
    opened_by: number | null;
  };
  hub_calls: {
    minute: Date;
    call: string;
    outcome: string;
    calls: number;
    retries: number;
    milliseconds: number;
    slowest: number;
  };
  hub_failures: {
    id: Id;
    at: Generated<Date>;
    call: string;
    cause: string;
    said: string;
    account_id: number | null;
  };
};

export type HubUserRow = Selectable<HubTables["hub_users"]>;
export type HubServerRow = Selectable<HubTables["hub_servers"]>;
export type HubLaunchRow = Selectable<HubTables["hub_launches"]>;
export type HubDb = Kysely<PlatformTables & HubTables>;
export type HubTrx = Transaction<PlatformTables & HubTables>;

/** A transaction of the platform's, seen with our tables. */
export function widen(trx: Trx): HubTrx {
  return trx.withTables<HubTables>();
}
