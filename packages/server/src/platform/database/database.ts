import type { Kysely, Transaction } from "kysely";
import type { AuditTables } from "../audit/tables.ts";
import type { EventTables } from "../events/tables.ts";
import type { OperationTables } from "../operations/tables.ts";

/**
 * The tables that the platform itself owns. A domain adds its own with `db.withTables<AccountTables>()`
 * (declare them with `type`, not `interface`) and hands the wider connection back to platform functions:
 * TypeScript accepts it.
 */
export type PlatformTables = AuditTables & EventTables & OperationTables;
export type Db = Kysely<PlatformTables>;
export type Trx = Transaction<PlatformTables>;
