import type { Static } from "typebox";
import type { Principal } from "../platform/principal.ts";
import type { AnnouncementsContext } from "./context.ts";
import { phaseOf } from "./maintenance/phase.ts";
import { type Current, presentShown } from "./schema.ts";
import type { AnnouncementRow, MaintenanceRow } from "./tables.ts";

/** Of those for one person that are not over; more are not looked at. */
const MOST = 200;

/** What stands above this person's pages now: nobody signed in sees what is public. */
export async function currentFor(
  context: AnnouncementsContext,
  principal: Principal | null,
  maintenance: MaintenanceRow | null,
): Promise<Static<typeof Current>> {
  const now = new Date();
  const groups = await groupsWithWord(context, principal, now);
  const own = await context.db
    .selectFrom("announcements as a")
    .selectAll("a")
    .where("a.deleted_at", "is", null)
    .where((e) => e.or([e("a.ends_at", "is", null), e("a.ends_at", ">", now)]))
    .where((e) => {
      if (principal === null) return e("a.public", "=", true);
      return e.or([
        e("a.audience", "=", "everyone"),
        ...(principal.isAdmin ? [e("a.audience", "=", "admins")] : []),
        ...(groups.length === 0 ? [] : [e.and([e("a.audience", "=", "group"), e("a.group_id", "in", groups)])]),
      ]);
    })
    .where((e) =>
      e.not(
        e.exists(
          e
            .selectFrom("announcement_dismissals as d")
            .select("d.announcement_id")
            .whereRef("d.announcement_id", "=", "a.id")
            .where("d.account_id", "=", principal?.accountId ?? -1),
        ),
      ),
    )
    .orderBy("a.kind", "desc")
    .orderBy("a.starts_at", "desc")
    .limit(MOST)
    .execute();
  const phase = phaseOf(maintenance, now);
  const moments = [...own, ...(maintenance === null || phase === "none" ? [] : [maintenance])];
  return {
    maintenance:
      maintenance === null || phase === "none"
        ? null
        : {
            phase,
            message: maintenance.message,
            message_fa: maintenance.message_fa,
            starts_at: maintenance.starts_at.toISOString(),
            ends_at: maintenance.ends_at?.toISOString() ?? null,
            version: maintenance.version,
          },
    announcements: own.filter(({ starts_at }) => starts_at <= now).map(presentShown),
    next_change_at: nextMoment(moments, now),
  };
}

/** Of the groups that something is announced to, those that somebody is in. */
async function groupsWithWord(
  context: AnnouncementsContext,
  principal: Principal | null,
  now: Date,
): Promise<readonly number[]> {
  const told = await context.db
    .selectFrom("announcements")
    .select("group_id")
    .distinct()
    .where("group_id", "is not", null)
    .where("deleted_at", "is", null)
    .where((e) => e.or([e("ends_at", "is", null), e("ends_at", ">", now)]))
    .execute();
  const groups = await groupsFor(context, principal, told);
  return told.flatMap(({ group_id }) => (group_id !== null && groups.has(group_id) ? [group_id] : []));
}

/** The groups that somebody is in; only asked where something is for a group at all. */
export async function groupsFor(
  { people }: AnnouncementsContext,
  principal: Principal | null,
  rows: readonly Pick<AnnouncementRow, "group_id">[],
): Promise<ReadonlySet<number>> {
  if (principal?.accountId == null || !rows.some(({ group_id }) => group_id !== null)) return new Set();
  return new Set((await people.groups.groupsOf(principal.accountId)).map(({ id }) => id));
}

/** Whether this person is among those it is for. */
export function isFor(row: AnnouncementRow, principal: Principal | null, groups: ReadonlySet<number>): boolean {
  if (principal === null) return row.public;
  if (row.audience === "everyone") return true;
  return row.audience === "admins" ? principal.isAdmin : groups.has(row.group_id ?? -1);
}

function nextMoment(rows: readonly { starts_at: Date; ends_at: Date | null }[], now: Date): string | null {
  const moments = rows.flatMap(({ starts_at, ends_at }) => [starts_at, ...(ends_at === null ? [] : [ends_at])]);
  const next = Math.min(...moments.map((moment) => moment.getTime()).filter((moment) => moment > now.getTime()));
  return Number.isFinite(next) ? new Date(next).toISOString() : null;
}
