/** Filled by the migration beside it. */
export type OperationTables = Record<never, never>;
