import { sql } from "kysely";
import type { WorkspacesDb } from "../tables.ts";
import type { Direction } from "./queries.ts";
import type { ShareRow } from "./tables.ts";

export const SHARE_STATES = ["copying", "pending", "accepted", "declined", "cancelled", "failed"] as const;
export type ShareState = (typeof SHARE_STATES)[number];

/** A share with what its two sides may both know. */
export type SharePageRow = ShareRow & {
  readonly state: ShareState;
  readonly name: string;
  readonly description: string;
  readonly disk_space: number;
  /** Of the copying, 0 to 100; null: not known. */
  readonly progress: number | null;
};

export interface SharePage {
  /** Whose list it is, and from which side they look; `either` for one that is asked for by its id. */
  readonly accountId: number;
  readonly direction: Direction | "either";
  readonly workspaceId?: number;
  readonly id?: number;
  readonly state?: ShareState | undefined;
  /** The last id of the page before. */
  readonly before?: number | null;
  readonly limit: number;
}

const state = sql<ShareState>`case
  when s.answer is not null then s.answer
  when s.copy_state = 'ready' then 'pending'
  else s.copy_state end`;

/** Newest first. A copy that failed is not shown to a receiver: nothing came. */
export async function pageOfShares(db: WorkspacesDb, page: SharePage): Promise<SharePageRow[]> {
  const me = page.accountId;
  const sent = sql<boolean>`s.sender_id = ${me}`;
  const received = sql<boolean>`(s.receiver_id = ${me} and (s.copy_state <> 'failed' or s.answer is not null))`;
  const mine = { sent, received, either: sql<boolean>`(${sent} or ${received})` }[page.direction];
  return db
    .selectFrom("workspace_shares as s")
    .innerJoin("share_offers as o", "o.id", "s.offer_id")
    .leftJoin("operations as p", "p.id", "s.operation_id")
    .selectAll("s")
    .select(["o.name", "o.description", "o.disk_space", "p.progress", state.as("state")])
    .where(mine)
    .$if(page.workspaceId !== undefined, (query) => query.where("s.original_workspace_id", "=", page.workspaceId ?? 0))
    .$if(page.id !== undefined, (query) => query.where("s.id", "=", page.id ?? 0))
    .$if(page.state !== undefined, (query) => query.where(state, "=", page.state ?? "copying"))
    .$if(typeof page.before === "number", (query) => query.where("s.id", "<", page.before ?? 0))
    .orderBy("s.id", "desc")
    .limit(page.limit)
    .execute();
}
