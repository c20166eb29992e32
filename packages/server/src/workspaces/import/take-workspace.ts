import { sql, type Transaction } from "kysely";
import { noteImported } from "../../platform/imports/imported-things.ts";
import { insertNumbered } from "../../platform/imports/insert-numbered.ts";
import { drawNumbers } from "../../platform/imports/kept-numbers.ts";
import { publishChange } from "../context.ts";
import type { ReceivedTree } from "../files/receive-tree.ts";
import type { CurrentDetails, RequestDetails, WorkspacesTrx } from "../tables.ts";
import { actorOf, type Numbered, type Origin, type TakingWorkspaces } from "./taking.ts";

export interface ComingWorkspace {
  readonly ownerId: number;
  readonly name: string;
  readonly description: string;
  readonly defaultJobType: string | null;
  readonly requestDetails: RequestDetails;
  /** Shown until the first scan, which is asked for. */
  readonly currentDetails: CurrentDetails;
  readonly createdAt: Date;
  readonly modifiedAt: Date;
  readonly lastJobLaunchAt: Date | null;
  /** A share whose receiver has not answered. */
  readonly sharePending: boolean;
}

/**
 * Gives files that were received (`receiveTree`) their place as a workspace. As with one that is made here: the
 * folder gets its name right before the commit, so killed at any point there is all of it or nothing, and nothing
 * that is here is replaced.
 * @param keptId null: another number is drawn
 * @returns the new id, and the name that a folder without a workspace got that stood in its place
 */
export async function takeWorkspace(
  context: TakingWorkspaces,
  coming: ComingWorkspace,
  tree: Pick<ReceivedTree, "name" | "files" | "bytes">,
  origin: Origin & { readonly keptId: number | null },
): Promise<{ readonly id: number; readonly aside: string | null }> {
  return context.db.transaction().execute(async (trx) => {
    const id = await insert(trx, coming, tree.bytes, origin.keptId);
    await context.audit.record(trx, {
      action: "workspace.import",
      actor: actorOf(origin),
      subject: { kind: "workspace", id: String(id), label: coming.name },
      about: [coming.ownerId],
      details: { source: origin.source, old_id: origin.oldId, files: tree.files, bytes: tree.bytes },
    });
    const { source, oldId } = origin;
    await noteImported(trx.withTables<Numbered>(), [{ source, kind: "workspace", oldId, newId: id }]);
    if (!coming.sharePending) await publishChange(context, trx, { id, owner_id: coming.ownerId }, "created");
    // Deferred complaints come before the folder gets its name, not after.
    await sql`set constraints all immediate`.execute(trx);
    const named = await context.files.run(coming.ownerId, "nameWorkspace", { staged: tree.name, workspace: id });
    return { id, aside: named.aside };
  });
}

async function insert(
  trx: WorkspacesTrx,
  coming: ComingWorkspace,
  bytes: number,
  keptId: number | null,
): Promise<number> {
  const numbered: Transaction<Numbered> = trx.withTables<Numbered>();
  const id = keptId ?? (await drawNumbers(numbered, "workspace", 1))[0] ?? 0;
  await insertNumbered(numbered, "workspaces", [
    {
      id,
      owner_id: coming.ownerId,
      name: coming.name,
      description: coming.description,
      default_job_type: coming.defaultJobType,
      request_details: JSON.stringify(coming.requestDetails),
      current_details: JSON.stringify(coming.currentDetails),
      disk_space: bytes,
      created_at: coming.createdAt,
      modified_at: coming.modifiedAt,
      last_job_launch_at: coming.lastJobLaunchAt,
      share_pending: coming.sharePending,
      scan_wanted: 1,
    },
  ]);
  return id;
}

/**
 * The row that jobs of workspaces hang on which the other service had deleted: in the list of nobody, without files.
 * One for each person; made once.
 */
export async function takeLostWorkspace(
  context: TakingWorkspaces,
  owner: { readonly id: number; readonly oldId: number },
  { source, by, name }: { readonly source: string; readonly by: string; readonly name: string },
): Promise<number> {
  return context.db.transaction().execute(async (trx) => {
    const { id } = await trx
      .insertInto("workspaces")
      .values({ owner_id: owner.id, name, description: "", deleted_at: sql<Date>`now()` })
      .returning("id")
      .executeTakeFirstOrThrow();
    await context.audit.record(trx, {
      action: "workspace.import",
      actor: actorOf({ by }),
      subject: { kind: "workspace", id: String(id), label: name },
      about: [owner.id],
      details: { source, lost: true },
    });
    const thing = { source, kind: "lost-workspace" as const, oldId: owner.oldId, newId: id };
    await noteImported(trx.withTables<Numbered>(), [thing]);
    return id;
  });
}
