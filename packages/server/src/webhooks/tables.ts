import type { ColumnType, Generated, Kysely, Selectable, Transaction } from "kysely";
import type { PlatformTables } from "../platform/database/database.ts";

type Id = ColumnType<number, never, never>;
export type DeliveryState = "waiting" | "held" | "delivered" | "failed" | "cancelled";
/** The receiver answered 410, or has failed for too long. */
export type DisabledWhy = "gone" | "failing";

/** Migrations 0031 and 0033. */
export type WebhookTables = {
  webhook_endpoints: {
    id: Id;
    account_id: number;
    name: string;
    url: string;
    /** Event types, and groups as `session.*`. */
    types: string[];
    description: Generated<string>;
    /** Told of everybody's events: as long as its owner is an administrator. */
    everybody: Generated<boolean>;
    /** False: its owner has paused it. */
    active: Generated<boolean>;
    disabled_at: Date | null;
    disabled_why: DisabledWhy | null;
    /** The first failure since the last delivery that arrived. */
    failing_since: Date | null;
    /** Deliveries given up since then. */
    given_up: Generated<number>;
    delivered_at: Date | null;
    /** So much waits that events are left out; its owner was told. */
    full_since: Date | null;
    created_at: Generated<Date>;
    updated_at: Generated<Date>;
  };
  webhook_secrets: {
    id: Id;
    endpoint_id: number;
    sealed: string;
    created_at: Generated<Date>;
    /** Replaced: signs beside the new one until then. */
    ends_at: Date | null;
  };
  webhook_deliveries: {
    id: Id;
    endpoint_id: number;
    event_id: string;
    type: string;
    /** JSON, byte for byte as it is signed and sent. */
    body: string;
    /** Its owner gets it as an administrator only. */
    for_admin: Generated<boolean>;
    replay_of: number | null;
    /** `held`: it waits until its endpoint is sent to again. */
    state: DeliveryState;
    attempts: Generated<number>;
    next_at: Date;
    claimed_by: string | null;
    claimed_until: Date | null;
    created_at: Generated<Date>;
    finished_at: Date | null;
  };
  webhook_attempts: {
    delivery_id: number;
    number: number;
    at: Date;
    duration_ms: number;
    status: number | null;
    problem: string | null;
    detail: string | null;
    answer: string | null;
  };
  webhook_reading: {
    single: Generated<boolean>;
    cursor: string | null;
    holder: string | null;
    held_until: Date | null;
  };
};

export type WebhooksDb = Kysely<PlatformTables & WebhookTables>;
export type WebhooksTrx = Transaction<PlatformTables & WebhookTables>;
export type EndpointRow = Selectable<WebhookTables["webhook_endpoints"]>;
export type DeliveryRow = Selectable<WebhookTables["webhook_deliveries"]>;
export type AttemptRow = Selectable<WebhookTables["webhook_attempts"]>;
