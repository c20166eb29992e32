import type { ColumnType, Generated, Kysely, Selectable, Transaction } from "kysely";
import type { PlatformTables, Trx } from "../platform/database/database.ts";
import type { ShareTables } from "./sharing/tables.ts";
import type { UploadTables } from "./transfers/tables.ts";

export type WorkspaceStatus = "initializing" | "idle" | "active" | "deleting" | "error";

/** As contract 3 shows it: names only, never contents. */
export type NameList = readonly { readonly name: string }[];
/** The object of a request, kept whole. */
export type RequestedLinkDetails = Readonly<Record<string, unknown>>;
export type RequestDetails = {
  readonly files: NameList;
  readonly symlinks: readonly RequestedLinkDetails[];
};
/** Names begin with `/`; dot files and folders are left out. */
export type CurrentDetails = { readonly files: NameList; readonly symlinks: NameList };

export type TrashKind = "file" | "folder" | "symlink" | "other" | "workspace";
export type TrashState = "moving" | "kept" | "restoring" | "purging";

/** bigint identity, read as a number. */
type Id = ColumnType<number, never, never>;
/** Written as text that is JSON already. */
type JsonColumn<T> = ColumnType<T, string | undefined, string>;

export type WorkspaceTables = ShareTables &
  UploadTables & {
    workspaces: {
      id: Id;
      owner_id: number;
      name: string;
      description: string;
      status: Generated<WorkspaceStatus>;
      default_job_type: string | null;
      request_details: JsonColumn<RequestDetails>;
      current_details: JsonColumn<CurrentDetails>;
      disk_space: Generated<number>;
      created_at: Generated<Date>;
      modified_at: Generated<Date>;
      last_job_launch_at: Date | null;
      scan_wanted: Generated<number>;
      scan_done: Generated<number>;
      scan_lease_until: Date | null;
      scan_failures: Generated<number>;
      details_bytes: ColumnType<number, never, never>;
      idempotency_key: string | null;
      request_hash: Buffer | null;
      deleted_at: Date | null;
      /** A share that its receiver has not accepted: in no list, and nothing can be done to it. */
      share_pending: Generated<boolean>;
    };
    trash_entries: {
      id: Id;
      owner_id: number;
      workspace_id: number;
      kind: TrashKind;
      path: string;
      size: number | null;
      state: TrashState;
      node_id: string;
      deleted_at: Generated<Date>;
      changed_at: Generated<Date>;
    };
  };

export type WorkspaceRow = Selectable<WorkspaceTables["workspaces"]>;
export type TrashRow = Selectable<WorkspaceTables["trash_entries"]>;
export type WorkspacesDb = Kysely<PlatformTables & WorkspaceTables>;
export type WorkspacesTrx = Transaction<PlatformTables & WorkspaceTables>;

/** A transaction of the platform's, or of another domain's, seen with our tables. */
export function widen(trx: Trx): WorkspacesTrx {
  return trx.withTables<WorkspaceTables>();
}
