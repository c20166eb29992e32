/** A row as text, whatever the database: what each means is read in `old-rows.ts`. */
export type OldRow = Readonly<Record<string, string | null>>;

/** The old service's database, read only, all of it as of one moment. */
export interface OldDatabase {
  /** Columns of a table; none: there is no such table. */
  columns(table: string): Promise<ReadonlySet<string>>;
  /** All rows, in order of the first column. Names are ours, never from outside. */
  rows(table: string, columns: readonly string[]): Promise<OldRow[]>;
  close(): Promise<void>;
}
