import type { ColumnType } from "kysely";
import type { ImportTables } from "../../platform/imports/tables.ts";
import type { WorkspaceContext } from "../context.ts";
import type { WorkspaceTables } from "../tables.ts";

/** What of this domain an import needs. */
export type TakingWorkspaces = Pick<WorkspaceContext, "db" | "files" | "audit" | "events">;

/** Our tables, with numbers that we set ourselves. */
export type Numbered = ImportTables & {
  workspaces: Omit<WorkspaceTables["workspaces"], "id"> & { id: ColumnType<number, number, never> };
};

/** Where a thing comes from, and who brings it. */
export interface Origin {
  readonly source: string;
  readonly oldId: number;
  /** For the audit entry. */
  readonly by: string;
}

export function actorOf({ by }: Pick<Origin, "by">) {
  return { accountId: null, label: by, credentialKind: null, credentialId: null };
}
