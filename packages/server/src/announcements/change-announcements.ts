import type { FastifyRequest } from "fastify";
import { entryBy } from "../platform/audit/entry-by.ts";
import { StoaError } from "../platform/errors/stoa-error.ts";
import { ANNOUNCEMENT_CHANGED, type AnnouncementsContext } from "./context.ts";
import { nestsTooDeep } from "./nesting.ts";
import type { AnnouncementBody } from "./schema.ts";
import type { AnnouncementRow, AnnouncementsTrx } from "./tables.ts";

export type AnnouncementAction =
  | "announcement.create"
  | "announcement.update"
  | "announcement.end"
  | "announcement.delete"
  | "announcement.restore";

/** @throws StoaError unprocessable with what does not fit together */
export async function createAnnouncement(
  context: AnnouncementsContext,
  body: AnnouncementBody,
  request: FastifyRequest,
): Promise<AnnouncementRow> {
  const values = await checked(context, body);
  const author = request.principal?.accountId ?? null;
  return context.db.transaction().execute(async (trx) => {
    const row = await trx
      .insertInto("announcements")
      .values({ ...values, created_by: author, deleted_at: null })
      .returningAll()
      .executeTakeFirstOrThrow();
    await tell(context, trx, "announcement.create", row, request);
    return row;
  });
}

/** @throws StoaError not_found, conflict (changed meanwhile), unprocessable */
export async function changeAnnouncement(
  context: AnnouncementsContext,
  { id, version }: { readonly id: number; readonly version: number },
  body: AnnouncementBody,
  request: FastifyRequest,
): Promise<AnnouncementRow> {
  const values = await checked(context, body);
  return write(context, { id, version, action: "announcement.update" }, () => values, request);
}

/** Takes it from the pages now. It stays in the list. @throws StoaError not_found, conflict */
export function endAnnouncement(
  context: AnnouncementsContext,
  { id, version }: { readonly id: number; readonly version: number },
  request: FastifyRequest,
): Promise<AnnouncementRow> {
  const now = new Date();
  const end = ({ starts_at }: AnnouncementRow) => ({ ends_at: now, starts_at: starts_at < now ? starts_at : now });
  return write(context, { id, version, action: "announcement.end" }, end, request);
}

/** It can be brought back. @throws StoaError not_found */
export async function deleteAnnouncement(context: AnnouncementsContext, id: number, request: FastifyRequest) {
  await write(context, { id, action: "announcement.delete" }, () => ({ deleted_at: new Date() }), request);
}

/** Undoes a deletion. @throws StoaError not_found */
export function restoreAnnouncement(context: AnnouncementsContext, id: number, request: FastifyRequest) {
  return write(context, { id, action: "announcement.restore" }, () => ({ deleted_at: null }), request);
}

interface Asked {
  readonly id: number;
  /** Left out: whatever it is by now. */
  readonly version?: number;
  readonly action: AnnouncementAction;
}

async function write(
  context: AnnouncementsContext,
  { id, version, action }: Asked,
  changes: (row: AnnouncementRow) => Partial<AnnouncementRow>,
  request: FastifyRequest,
): Promise<AnnouncementRow> {
  return context.db.transaction().execute(async (trx) => {
    const before = await trx
      .selectFrom("announcements")
      .selectAll()
      .where("id", "=", id)
      .forUpdate()
      .executeTakeFirst();
    const isThere = before !== undefined && (before.deleted_at === null || action === "announcement.restore");
    if (!isThere) throw new StoaError("not_found", { details: { what: "announcement" } });
    if (version !== undefined && before.version !== version) throw changedMeanwhile();
    const row = await trx
      .updateTable("announcements")
      .set({ ...changes(before), version: before.version + 1, updated_at: new Date() })
      .where("id", "=", id)
      .returningAll()
      .executeTakeFirstOrThrow();
    await tell(context, trx, action, row, request);
    return row;
  });
}

/** Audit entry and event; the event says nothing of what it is about: everybody's pages look for themselves. */
async function tell(
  { platform }: AnnouncementsContext,
  trx: AnnouncementsTrx,
  action: AnnouncementAction,
  row: AnnouncementRow,
  request: FastifyRequest,
): Promise<void> {
  const subject = { kind: "announcement", id: String(row.id) };
  const { audience, group_id, starts_at, ends_at } = row;
  await platform.audit.record(trx, {
    ...entryBy(request),
    action,
    subject: { ...subject, label: row.title },
    about: [],
    details: { audience, group_id, public: row.public, starts_at, ends_at },
  });
  await platform.events.publish(trx, { type: ANNOUNCEMENT_CHANGED, subject, audience: "everyone", data: {} });
}

async function checked({ people }: AnnouncementsContext, body: AnnouncementBody) {
  const { audience, group_id, text = "", text_fa = "" } = body;
  if (nestsTooDeep(text) || nestsTooDeep(text_fa)) {
    throw unfit("Its lists, quotations or emphasis are nested too deeply: six levels at most", "nested_too_deep");
  }
  const starts_at = body.starts_at === null ? new Date() : new Date(body.starts_at);
  const ends_at = body.ends_at === null ? null : new Date(body.ends_at);
  if (ends_at !== null && ends_at <= starts_at) throw unfit("It has to end after it begins", "ends_too_early");
  if (body.public && audience !== "everyone") {
    throw unfit("Only what is for everyone can be shown before sign-in", "public_for_everyone");
  }
  const group = audience === "group" && group_id !== null ? await people.groups.get(group_id) : null;
  if (audience === "group" && group === null) throw unfit("Choose a group that there is", "no_such_group");
  return {
    title: body.title.trim(),
    text,
    title_fa: body.title_fa?.trim() ?? "",
    text_fa,
    kind: body.kind as AnnouncementRow["kind"],
    audience: audience as AnnouncementRow["audience"],
    group_id: group?.id ?? null,
    public: body.public,
    dismissible: body.dismissible,
    starts_at,
    ends_at,
  };
}

function unfit(problem: string, reason: string): StoaError {
  return new StoaError("unprocessable", { details: { problem, reason } });
}

function changedMeanwhile(): StoaError {
  const problem = "Somebody else changed the announcement meanwhile. Look at what it is now, and change it again";
  return new StoaError("conflict", { details: { problem, reason: "announcement_changed" } });
}
