/** Limits shared by all processes (migration 0002). */
export type RateLimitTables = {
  rate_limits: { key: string; empty_at: Date };
};
