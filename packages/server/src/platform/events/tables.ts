/** Filled by the migration beside it. */
export type EventTables = Record<never, never>;
