import { type Static, Type } from "typebox";
import { StoaError } from "../platform/errors/stoa-error.ts";
import { noticeKinds, SUBJECTS } from "./kinds.ts";
import { linkOf } from "./links.ts";
import type { NoticeRow } from "./tables.ts";
import { type Locale, sentenceOf } from "./words.ts";

const Time = Type.String({ format: "date-time" });
const Kind = Type.Union(
  Object.keys(noticeKinds).map((kind) => Type.Literal(kind)),
  { description: "What happened." },
);

export const Notice = Type.Object({
  id: Type.Integer(),
  kind: Type.String({ description: "What happened, as `share.offered`." }),
  subject: Type.Object({
    kind: Type.String({ description: `One of ${SUBJECTS.join(", ")}.` }),
    id: Type.String(),
  }),
  values: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]), {
    description: "What the sentence is made of: names, figures, ISO times.",
  }),
  text: Type.String({ description: "The sentence, in the language of the answer; times in UTC." }),
  link: Type.String({ description: "The portal's page of the thing, with its search, below `/portal`." }),
  created_at: Time,
  read_at: Type.Union([Time, Type.Null()], { description: "Null: unread." }),
});
export const NoticePage = Type.Object({
  items: Type.Array(Notice),
  next_cursor: Type.Union([Type.String(), Type.Null()]),
});
export const NoticesQuery = Type.Object({
  unread: Type.Optional(Type.Boolean({ description: "Only those that are unread." })),
  kinds: Type.Optional(
    Type.String({ maxLength: 1_000, pattern: "^[a-z.,-]*$", description: "Only these kinds, separated by commas." }),
  ),
  cursor: Type.Optional(Type.String({ maxLength: 100 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
});

export const Unread = Type.Object({ unread: Type.Integer({ description: "1000 stands for all above, too." }) });
export const ReadBody = Type.Union([
  Type.Object(
    { ids: Type.Array(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }), { maxItems: 200 }) },
    { additionalProperties: false },
  ),
  Type.Object({ all: Type.Literal(true) }, { additionalProperties: false }),
]);

const Choice = {
  shown: Type.Boolean({ description: "In the portal: at the bell and on the page." }),
  mail: Type.Union([Type.Literal("none"), Type.Literal("at_once"), Type.Literal("daily")]),
};
export const Preferences = Type.Object({
  mail_available: Type.Boolean({ description: "False: no mail server is set up, and nothing comes by mail." }),
  items: Type.Array(
    Type.Object({
      kind: Type.String(),
      ...Choice,
      mailed_always: Type.Boolean({
        description:
          "It is about the account's safety: always shown and mailed (by a mail of its own where `mail` is `none`).",
      }),
    }),
  ),
});
export const PreferencesBody = Type.Object(
  {
    items: Type.Array(Type.Object({ kind: Kind, ...Choice }, { additionalProperties: false }), {
      maxItems: Object.keys(noticeKinds).length,
    }),
  },
  { additionalProperties: false },
);

export function present(row: NoticeRow, locale: Locale): Static<typeof Notice> {
  return {
    id: row.id,
    kind: row.kind,
    subject: { kind: row.subject_kind, id: row.subject_id },
    values: row.said,
    text: `${sentenceOf(row, locale)}.`,
    link: linkOf(row),
    created_at: row.created_at.toISOString(),
    read_at: row.read_at?.toISOString() ?? null,
  };
}

export function cursorOf(id: number): string {
  return Buffer.from(`n${id}`).toString("base64url");
}

/** @throws StoaError invalid */
export function idOfCursor(cursor: string | undefined): number | null {
  if (cursor === undefined || cursor === "") return null;
  const digits = /^n(\d{1,15})$/.exec(Buffer.from(cursor, "base64url").toString())?.[1];
  if (digits === undefined) throw new StoaError("invalid", { details: { problem: "the cursor is not one of ours" } });
  return Number(digits);
}
