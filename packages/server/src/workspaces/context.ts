import type { Logger } from "pino";
import type { Config } from "../config/schema.ts";
import type { Audit, AuditEntry } from "../platform/audit/contract.ts";
import type { Events } from "../platform/events/contract.ts";
import type { Operations } from "../platform/operations/contract.ts";
import type { FileWork } from "./file-work/contract.ts";
import type { Homes } from "./file-work/homes.ts";
import type { Directories } from "./files/directories.ts";
import type { StorageRoom } from "./storage-room/storage-room.ts";
import type { WorkspacesDb, WorkspacesTrx } from "./tables.ts";

/** What the services of this domain need. */
export interface WorkspaceContext {
  readonly db: WorkspacesDb;
  readonly directories: Directories;
  /** All work on people's files. */
  readonly files: FileWork;
  readonly audit: Audit;
  readonly events: Events;
  readonly operations: Operations;
  readonly config: Config;
  readonly log: Logger;
  readonly jobTypes: ReadonlySet<string>;
  /** How much people may write. */
  readonly room: StorageRoom;
  readonly homes: Homes;
}

/** Who asks: a person with workspaces of their own, and where the request came from. */
export interface Caller {
  readonly accountId: number;
  readonly actor: AuditEntry["actor"];
  readonly requestId: string | null;
  readonly address: string | null;
}

/** What happened to a workspace, in the words of pages that listen. */
export type Change = "created" | "updated" | "files" | "deleting" | "deleted" | "restored" | "scanned" | "status";

export interface ChangedWorkspace {
  readonly id: number;
  readonly owner_id: number;
  readonly name: string;
}

/** The audit entry of a write, in its transaction. Names of files may be in the details, contents never. */
export async function recordWrite(
  context: Pick<WorkspaceContext, "audit">,
  trx: WorkspacesTrx,
  caller: Caller,
  action: string,
  workspace: ChangedWorkspace,
  details: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await context.audit.record(trx, {
    action,
    actor: caller.actor,
    subject: { kind: "workspace", id: String(workspace.id), label: workspace.name },
    about: [workspace.owner_id],
    requestId: caller.requestId,
    address: caller.address,
    details,
  });
}

/** Tells the owner's pages, in the transaction of the change. */
export async function publishChange(
  context: Pick<WorkspaceContext, "events">,
  trx: WorkspacesTrx,
  workspace: Pick<ChangedWorkspace, "id" | "owner_id">,
  change: Change,
): Promise<void> {
  await context.events.publish(trx, {
    type: "workspace.changed",
    subject: { kind: "workspace", id: String(workspace.id) },
    audience: [workspace.owner_id],
    data: { change },
  });
}
