/** Filled by the migration beside it. */
export type AuditTables = Record<never, never>;
