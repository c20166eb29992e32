import { type Static, Type } from "typebox";
import type { AuditRow, AuditViewer } from "./queries.ts";

const NullableText = Type.Unsafe<string | null>({ type: ["string", "null"] });
const NullableInteger = Type.Unsafe<number | null>({ type: ["integer", "null"] });

export const AuditItem = Type.Object({
  id: Type.Integer(),
  seq: Type.Unsafe<number | null>({
    type: ["integer", "null"],
    description: "Its place in the chain; null until sealed.",
  }),
  at: Type.String({ format: "date-time" }),
  action: Type.String(),
  outcome: Type.String({ description: "done, refused or failed." }),
  actor: Type.Object({
    account_id: NullableInteger,
    label: Type.Unsafe<string | null>({
      type: ["string", "null"],
      description: "Null: somebody else, whose name is not shown to you.",
    }),
    credential_kind: NullableText,
    credential_id: NullableText,
  }),
  subject: Type.Object({ kind: Type.String(), id: Type.String(), label: NullableText }),
  about: Type.Array(Type.Integer()),
  request_id: NullableText,
  address: NullableText,
  details: Type.Unsafe<Record<string, unknown>>({ type: "object", additionalProperties: true }),
});
export type AuditItem = Static<typeof AuditItem>;

/** As its reader may see it: of what others did to one, what and when and to what, but nothing of the others. */
export function presentEntry(row: AuditRow, viewer: AuditViewer): AuditItem {
  const whole = toItem(row);
  if (viewer === "all") return whole;
  const me = viewer.accountId;
  const about = whole.about.filter((id) => id === me);
  if (row.actor_id === me || isOnBehalfOf(whole, me)) return { ...whole, about };
  const someoneElses = row.subject_kind === "account" && row.subject_id !== String(me);
  return {
    ...whole,
    actor: {
      account_id: null,
      // The system is nobody whose name had to be kept back.
      label: row.actor_id === null && row.credential_kind === null ? row.actor_label : null,
      credential_kind: null,
      credential_id: null,
    },
    subject: someoneElses ? { ...whole.subject, label: null } : whole.subject,
    about,
    request_id: null,
    address: null,
    details: {},
  };
}

/** Done in their name: they see who did it, and all of it. Nobody's id but an account's own is in that place. */
function isOnBehalfOf({ details }: AuditItem, me: number | null): boolean {
  const behalf = details.on_behalf_of as { account_id?: unknown } | undefined;
  return me !== null && behalf?.account_id === me;
}

function toItem(row: AuditRow): AuditItem {
  return {
    id: row.id,
    seq: row.seq,
    at: row.at.toISOString(),
    action: row.action,
    outcome: row.outcome,
    actor: {
      account_id: row.actor_id,
      label: row.actor_label,
      credential_kind: row.credential_kind,
      credential_id: row.credential_id,
    },
    subject: { kind: row.subject_kind, id: row.subject_id, label: row.subject_label },
    about: row.about,
    request_id: row.request_id,
    address: row.address,
    details: JSON.parse(row.details) as Record<string, unknown>,
  };
}
