import { sql } from "kysely";
import { type AccountPart, paged } from "../accounts/accounts.ts";
import { StoaError } from "../platform/errors/stoa-error.ts";
import type { Caller } from "./context.ts";
import { queueDeletion } from "./delete-workspace.ts";
import { endShare } from "./sharing/answer-share.ts";
import type { SharingContext } from "./sharing/context.ts";
import type { UploadRow } from "./transfers/tables.ts";
import { endUpload } from "./transfers/uploads.ts";

const PAGE = 200;

/** What this domain keeps of a person: workspaces, trash, uploads, shares. */
export function accountPart(context: SharingContext): AccountPart {
  const { db } = context;

  /** Rows of one table by its bigint id; `columns` are ours, never anybody's input. */
  const rowsOf =
    (table: string, columns: string, isTheirs: (accountId: number) => ReturnType<typeof sql>) => (accountId: number) =>
      paged<{ id: number }, number>(
        async (after) => {
          const page = sql<{ id: number }>`select ${sql.raw(columns)} from ${sql.table(table)}
            where ${isTheirs(accountId)} and id > ${after ?? 0} order by id limit ${PAGE}`;
          return (await page.execute(db)).rows;
        },
        (row) => row.id,
      );
  const owned = (accountId: number) => sql`owner_id = ${accountId}`;
  const ofEither = (accountId: number) => sql`(sender_id = ${accountId} or receiver_id = ${accountId})`;

  async function* uploads(accountId: number): AsyncGenerator<object> {
    const { rows } = await sql<object>`select id, workspace_id, kind, path, length, received, state, created_at
      from uploads where owner_id = ${accountId} order by created_at`.execute(db);
    yield* rows;
  }

  return {
    name: "workspaces",
    async owned(accountId) {
      const { rows } = await sql<Record<string, number>>`
        select count(*) filter (where deleted_at is null)::int as workspaces,
          coalesce(sum(disk_space) filter (where deleted_at is null), 0)::float8 as bytes,
          (select count(*)::int from trash_entries where owner_id = ${accountId}) as in_trash,
          (select coalesce(sum(size), 0)::float8 from trash_entries where owner_id = ${accountId}) as trash_bytes,
          (select count(*)::int from uploads where owner_id = ${accountId} and state in ('receiving', 'placing')) as uploads,
          (select count(*)::int from workspace_shares where sender_id = ${accountId} and answer is null) as shares_offered,
          (select count(*)::int from workspace_shares where receiver_id = ${accountId} and answer is null) as shares_waiting
        from workspaces where owner_id = ${accountId} and not share_pending`.execute(db);
      return rows[0] ?? {};
    },
    async glance(accountIds) {
      const { rows } = await sql<{ owner_id: number; room_bytes: number }>`
        select owner_id, sum(bytes)::float8 as room_bytes from (
          select owner_id, coalesce(disk_space, 0) as bytes from workspaces
            where owner_id = any(${[...accountIds]}::bigint[]) and deleted_at is null and not share_pending
          union all select owner_id, coalesce(size, 0) from trash_entries
            where owner_id = any(${[...accountIds]}::bigint[])
        ) kept group by owner_id`.execute(db);
      return new Map(rows.map(({ owner_id, ...figures }) => [owner_id, figures]));
    },
    rows: {
      workspaces: rowsOf(
        "workspaces",
        `id, name, description, status, default_job_type, request_details, current_details, disk_space, created_at,
          modified_at, last_job_launch_at, deleted_at`,
        (accountId) => sql`owner_id = ${accountId} and not share_pending`,
      ),
      trash: rowsOf("trash_entries", "id, workspace_id, kind, path, size, state, deleted_at", owned),
      shares: rowsOf(
        "workspace_shares",
        `id, original_workspace_id, sender_id, receiver_id, copy_state, answer, answer_reason, copied_files,
          copied_bytes, created_at, answered_at`,
        ofEither,
      ),
      uploads,
    },
    async remove(accountId) {
      const caller = systemFor(accountId);
      for (const id of await openShares(context, accountId)) {
        await unlessRefused(endShare(context, caller, id, { side: "either" }));
      }
      // Before their workspaces: what nobody will go on with names files, and has bytes on the disk.
      const uploads = await ownUploads(context, accountId);
      for (const upload of uploads) await unlessRefused(endUpload(context, upload));
      const left = await openWorkspaces(context, accountId);
      for (const { id, status } of left) {
        // Sessions end before their workspaces go; one that is being made or deleted is looked at again.
        if (status !== "active" && status !== "deleting") await unlessRefused(queueDeletion(context, caller, id));
      }
      return left.length === 0 && (await ownUploads(context, accountId)).length === 0;
    },
  };
}

/** The server acts for the person, whose account is closed by now. */
function systemFor(accountId: number): Caller {
  const actor = { accountId: null, label: "system", credentialKind: null, credentialId: null };
  return { accountId, actor, requestId: null, address: null };
}

async function openWorkspaces({ db }: SharingContext, ownerId: number) {
  return db
    .selectFrom("workspaces")
    .select(["id", "status"])
    .where("owner_id", "=", ownerId)
    .where("deleted_at", "is", null)
    .where("share_pending", "=", false)
    .orderBy("id")
    .execute();
}

/** Without what an operation still unpacks: it ends with its workspace, and the hourly sweep takes the row. */
async function ownUploads({ db }: SharingContext, ownerId: number): Promise<UploadRow[]> {
  return db
    .selectFrom("uploads")
    .selectAll()
    .where("owner_id", "=", ownerId)
    .where((where) => where.or([where("operation_id", "is", null), where("state", "in", ["done", "failed"])]))
    .orderBy("id")
    .execute();
}

/** Not answered yet: offered by the person, or to them. */
async function openShares({ db }: SharingContext, accountId: number): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`select id from workspace_shares
    where (sender_id = ${accountId} or receiver_id = ${accountId}) and answer is null order by id`.execute(db);
  return rows.map(({ id }) => id);
}

/** Something changed under our hands (a session began, a share was answered): the next look sees it. */
async function unlessRefused(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof StoaError && error.expected && error.status < 500)) throw error;
  }
}
