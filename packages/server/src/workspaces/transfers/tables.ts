import type { ColumnType, Generated, Selectable } from "kysely";
import type { Conflicts } from "../files/place-name.ts";

export type UploadState = "receiving" | "placing" | "done" | "failed";

/** Who asked, as JSON: a `Caller`. */
type CallerColumn = ColumnType<unknown, string, never>;

export type UploadTables = {
  uploads: {
    id: string;
    owner_id: number;
    workspace_id: number;
    kind: "file" | "tree";
    path: string;
    on_conflict: Conflicts;
    length: number | null;
    received: Generated<number>;
    metadata: Generated<string>;
    sha256: Buffer | null;
    state: Generated<UploadState>;
    problem: string | null;
    placed_path: string | null;
    operation_id: string | null;
    caller: CallerColumn;
    writer: string | null;
    writer_until: Date | null;
    node_id: string;
    created_at: Generated<Date>;
    changed_at: Generated<Date>;
    expires_at: Date;
  };
};

export type UploadRow = Selectable<UploadTables["uploads"]>;
