import { type Static, Type } from "typebox";
import { phaseOf } from "./maintenance/phase.ts";
import type { AnnouncementRow, MaintenanceRow } from "./tables.ts";

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const Time = Type.String({ format: "date-time" });
const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
const Version = Type.Integer({ minimum: 0, description: "As read: a change that came between refuses this one." });
const Kind = Type.Enum(["info", "warning"]);
const Audience = Type.Enum(["everyone", "admins", "group"]);

const Title = Type.String({ minLength: 1, maxLength: 200, pattern: "\\S" });
const Text = Type.String({ maxLength: 4_000, description: "Simple Markdown." });
const TitleFa = Type.String({ maxLength: 200, description: "In Persian; empty: the other stands in for it." });
const fields = {
  kind: Kind,
  audience: Audience,
  group_id: Nullable(Id),
  public: Type.Boolean({ description: "Also to people who have not signed in; for `everyone` only." }),
  dismissible: Type.Boolean(),
};
export const AnnouncementBody = Type.Object({
  title: Title,
  text: Type.Optional(Text),
  title_fa: Type.Optional(TitleFa),
  text_fa: Type.Optional(Text),
  ...fields,
  starts_at: Nullable(Type.String({ format: "date-time", description: "Null: now." })),
  ends_at: Nullable(Type.String({ format: "date-time", description: "Null: until somebody ends it." })),
});
export type AnnouncementBody = Static<typeof AnnouncementBody>;
export const AnnouncementChange = Type.Object({ ...AnnouncementBody.properties, version: Version });
export const VersionBody = Type.Object({ version: Version });
export const AnnouncementParams = Type.Object({ id: Id });

export const Announcement = Type.Object({
  id: Id,
  title: Type.String(),
  text: Type.String(),
  title_fa: Type.String(),
  text_fa: Type.String(),
  ...fields,
  group_name: Nullable(Type.String()),
  starts_at: Time,
  ends_at: Nullable(Time),
  state: Type.Enum(["planned", "shown", "past"]),
  version: Version,
  created_by: Nullable(Type.String()),
  created_at: Time,
});
export const AnnouncementPage = Type.Object({
  items: Type.Array(Announcement),
  next_cursor: Nullable(Type.String()),
});
export const AnnouncementsQuery = Type.Object({
  cursor: Type.Optional(Type.String({ pattern: "^[0-9]{1,15}$" })),
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
});

/** As it stands above a page. */
const Shown = Type.Object({
  id: Id,
  title: Type.String(),
  text: Type.String(),
  title_fa: Type.String(),
  text_fa: Type.String(),
  kind: Kind,
  dismissible: Type.Boolean(),
  ends_at: Nullable(Time),
});
const MaintenanceTimes = {
  message: Type.String(),
  message_fa: Type.String(),
  starts_at: Time,
  ends_at: Nullable(Time),
};
export const Current = Type.Object({
  maintenance: Nullable(Type.Object({ phase: Type.Enum(["planned", "on"]), ...MaintenanceTimes, version: Version })),
  announcements: Type.Array(Shown),
  next_change_at: Nullable(
    Type.String({ format: "date-time", description: "When this answer changes by the clock alone." }),
  ),
});

const Message = Type.String({ maxLength: 1_000 });
export const MaintenanceBody = Type.Object({
  message: Type.Optional(Message),
  message_fa: Type.Optional(Message),
  starts_at: Nullable(Type.String({ format: "date-time", description: "Null: now." })),
  ends_at: Nullable(Type.String({ format: "date-time", description: "Null: until somebody ends it." })),
  version: Version,
});
export const MaintenanceState = Type.Object({
  phase: Type.Enum(["none", "planned", "on"]),
  ...MaintenanceTimes,
  starts_at: Nullable(Time),
  version: Version,
  changed_by: Nullable(Type.String()),
  changed_at: Nullable(Time),
});

export function stateOf(row: Pick<AnnouncementRow, "starts_at" | "ends_at">, now: Date): "planned" | "shown" | "past" {
  if (row.ends_at !== null && row.ends_at <= now) return "past";
  return row.starts_at <= now ? "shown" : "planned";
}

/** What people know beside the row: who made it, and the group's name. */
export interface Named {
  readonly author: string | null;
  readonly group: string | null;
}

export function presentAnnouncement(row: AnnouncementRow, { author, group }: Named): Static<typeof Announcement> {
  return {
    id: row.id,
    title: row.title,
    text: row.text,
    title_fa: row.title_fa,
    text_fa: row.text_fa,
    kind: row.kind,
    audience: row.audience,
    group_id: row.group_id,
    group_name: group,
    public: row.public,
    dismissible: row.dismissible,
    starts_at: row.starts_at.toISOString(),
    ends_at: row.ends_at?.toISOString() ?? null,
    state: stateOf(row, new Date()),
    version: row.version,
    created_by: author,
    created_at: row.created_at.toISOString(),
  };
}

export function presentShown(row: AnnouncementRow): Static<typeof Shown> {
  const { id, title, text, title_fa, text_fa, kind, dismissible } = row;
  return { id, title, text, title_fa, text_fa, kind, dismissible, ends_at: row.ends_at?.toISOString() ?? null };
}

export function presentMaintenance(row: MaintenanceRow | null, by: string | null): Static<typeof MaintenanceState> {
  return {
    phase: phaseOf(row, new Date()),
    message: row?.message ?? "",
    message_fa: row?.message_fa ?? "",
    starts_at: row?.starts_at.toISOString() ?? null,
    ends_at: row?.ends_at?.toISOString() ?? null,
    version: row?.version ?? 0,
    changed_by: by,
    changed_at: row?.changed_at.toISOString() ?? null,
  };
}
