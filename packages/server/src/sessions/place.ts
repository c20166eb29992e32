import { sql } from "kysely";
import type { SessionsContext } from "./context.ts";
import { say } from "./sentences.ts";
import { recordFailure } from "./transitions.ts";

/** Seconds without a sign after which a place counts as given up, when another of that node's name comes. */
const GIVEN_UP_AFTER = 30;

/**
 * Says that this node works from our data directory. When it worked from another one before (which was wiped, or is
 * not this machine's any more), what ran from there is lost, and is written down as such.
 * @returns false while another server uses our node's name with another directory
 */
export async function holdPlace(context: SessionsContext): Promise<boolean> {
  const { nodeId } = context.platform.config;
  const { place } = context.local;
  const before = await context.db
    .selectFrom("session_places")
    .select("seen_at")
    .where("node_id", "=", nodeId)
    .execute();
  const { rows } = await sql<{ place: string }>`
    insert into session_places (node_id, place, seen_at) values (${nodeId}, ${place}, now())
    on conflict (node_id) do update set place = excluded.place, seen_at = excluded.seen_at
    where session_places.place = excluded.place
      or session_places.seen_at < now() - make_interval(secs => ${GIVEN_UP_AFTER})
    returning place`.execute(context.db);
  if (rows.length === 0) return false;
  const lost = await context.db
    .selectFrom("jobs")
    .select("id")
    .where("node_id", "=", nodeId)
    .where("place", "<>", place)
    .where("ended_at", "is", null)
    .execute();
  const lastSeen = before[0]?.seen_at ?? new Date();
  for (const { id } of lost) await recordFailure(context, id, say("data_directory_gone"), lastSeen);
  return true;
}

/** Seconds before a server's last sign in which it may not have looked at all of its sessions any more. */
const MAY_HAVE_MISSED = 5;

/** Until when an earlier server worked from our data directory: what ran here by then was seen to. */
export async function recallPlace(context: SessionsContext): Promise<void> {
  const { rows } = await sql<{ ago: number }>`
    select extract(epoch from now() - seen_at)::float8 as ago from session_places
    where place = ${context.local.place} order by seen_at desc limit 1`.execute(context.db);
  const [last] = rows;
  // By this machine's clock, as the times of sessions are.
  if (last !== undefined) {
    context.lastSeen.lookedAfterUntil(new Date(Date.now() - (Math.max(0, last.ago) + MAY_HAVE_MISSED) * 1000));
  }
}

/** After the node was renamed: what runs from this place is still its own. */
export async function adoptPlace(context: SessionsContext): Promise<void> {
  const { nodeId } = context.platform.config;
  await context.db
    .updateTable("jobs")
    .set({ node_id: nodeId })
    .where("place", "=", context.local.place)
    .where("node_id", "<>", nodeId)
    .where("ended_at", "is", null)
    .execute();
}
