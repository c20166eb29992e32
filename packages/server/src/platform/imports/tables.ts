import type { ColumnType, Generated } from "kysely";

export type ImportedKind = "person" | "workspace" | "share" | "job" | "token" | "identity" | "lost-workspace" | "log";
/** Those whose numbers are kept where they are free. */
export type NumberedKind = "person" | "workspace" | "job";

export type ImportTables = {
  imported_things: {
    source: string;
    kind: ImportedKind;
    old_id: number;
    new_id: number;
    /** Written as text that is JSON already. */
    details: ColumnType<Readonly<Record<string, unknown>>, string | undefined, never>;
    at: Generated<Date>;
  };
  import_reservations: {
    source: string;
    kind: NumberedKind;
    low: number;
    high: number;
  };
};
