import { type RawBuilder, sql } from "kysely";
import { LIST_BYTES } from "../queries.ts";
import type { CurrentDetails, RequestDetails, WorkspacesDb } from "../tables.ts";
import type { ShareRow } from "./tables.ts";

/** From whose side a list is read. */
export type Direction = "sent" | "received";

/** A share as contract 3 shows it: one side's workspace as it is, the other's as it was when it was shared. */
export type ShownShare = Pick<
  ShareRow,
  "id" | "original_workspace_id" | "sender_id" | "receiver_id" | "answer" | "created_at"
> & {
  readonly last_job_type: string | null;
  readonly last_resource_options: Readonly<Record<string, unknown>>;
  readonly then: WorkspaceView;
  readonly now: WorkspaceView;
  /** Bytes of all lists of names in it. */
  readonly bytes: number;
};

export interface WorkspaceView {
  readonly name: string;
  readonly description: string;
  readonly request_details: RequestDetails;
  readonly current_details: CurrentDetails;
}

/** What one side still has to do with: the receiver sees neither what failed to come nor what they threw away. */
const visible: Readonly<Record<Direction, RawBuilder<unknown>>> = {
  sent: sql`s.answer is null or s.answer = 'accepted'`,
  received: sql`(s.answer is null and s.copy_state <> 'failed') or (s.answer = 'accepted' and mine.deleted_at is null)`,
};
const columns: Readonly<Record<Direction, { own: RawBuilder<unknown>; person: RawBuilder<unknown> }>> = {
  sent: { own: sql`s.original_workspace_id`, person: sql`s.sender_id` },
  received: { own: sql`s.id`, person: sql`s.receiver_id` },
};

/** Left out: any. */
export interface ShareFilter {
  readonly isAccepted?: boolean | undefined;
  readonly id?: number;
  readonly ids?: readonly number[];
}

/**
 * A person's shares of one direction, oldest first. Names of files come as far as there is room for them in a list;
 * asked for alone a share has them.
 */
export async function listShares(
  db: WorkspacesDb,
  accountId: number,
  direction: Direction,
  filter: ShareFilter,
): Promise<ShownShare[]> {
  const { own, person } = columns[direction];
  const accepted =
    filter.isAccepted === undefined
      ? sql`true`
      : sql`(s.answer is not distinct from 'accepted') = ${filter.isAccepted}`;
  const ids = filter.ids ?? (filter.id === undefined ? null : [filter.id]);
  const some = ids === null ? sql`true` : sql`s.id = any(${[...ids]}::bigint[])`;
  const { rows } = await sql<ShownShare>`
    with mine as (
      select s.id, s.original_workspace_id, s.sender_id, s.receiver_id, s.answer, s.created_at, s.offer_id,
        ${own} as own_id, o.details_bytes + mine.details_bytes as bytes,
        sum(o.details_bytes + mine.details_bytes) over (order by s.id) <= ${LIST_BYTES} as room
      from workspace_shares s
      join share_offers o on o.id = s.offer_id
      join workspaces mine on mine.id = ${own}
      where ${person} = ${accountId} and (${visible[direction]}) and ${accepted} and ${some}
    )
    select m.id, m.original_workspace_id, m.sender_id, m.receiver_id, m.answer, m.created_at, m.bytes,
      o.last_job_type, o.last_resource_options, ${view("o")} as "then", ${view("w")} as "now"
    from mine m
    join share_offers o on o.id = m.offer_id
    join workspaces w on w.id = m.own_id
    order by m.id`.execute(db);
  return rows;
}

function view(table: "o" | "w"): RawBuilder<unknown> {
  const none = sql`'{"files": [], "symlinks": []}'::jsonb`;
  const column = (name: string) => sql.ref(`${table}.${name}`);
  return sql`jsonb_build_object('name', ${column("name")}, 'description', ${column("description")},
    'request_details', case when m.room then ${column("request_details")} else ${none} end,
    'current_details', case when m.room then ${column("current_details")} else ${none} end)`;
}
