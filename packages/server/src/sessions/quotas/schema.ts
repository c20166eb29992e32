import { type Static, Type } from "typebox";
import type { QuotaPeriod } from "../tables.ts";
import type { Figures } from "./figures.ts";

const textOrNull = (description: string) => Type.Unsafe<string | null>({ type: ["string", "null"], description });
const timeOrNull = (description: string) =>
  Type.Unsafe<string | null>({ type: ["string", "null"], format: "date-time", description });

const figures = {
  used: Type.String({ description: "Core hours, five decimals: settled, and set aside for sessions that run." }),
  reserved: Type.String({ description: "Of it, what is set aside." }),
  allowed: textOrNull("Null: as much as one likes."),
  left: textOrNull("Null: as much as one likes."),
  period: Type.Unsafe<QuotaPeriod | null>({
    type: ["string", "null"],
    enum: ["total", "month", null],
    description: "What counts: everything ever used, or what was asked for in this calendar month (UTC).",
  }),
  resets_at: timeOrNull("When a quota of the calendar month begins anew."),
  set_by: textOrNull("Who set the quota."),
  set_at: timeOrNull("When."),
};

export const CoreHours = Type.Object(figures, { description: "What a person or a group used and may use." });
export const OwnCoreHours = Type.Object({
  person: CoreHours,
  groups: Type.Array(Type.Object({ group: Type.Object({ id: Type.Integer(), name: Type.String() }), ...figures }), {
    description: "Those that one is in and that have a quota. Every session counts for all groups of its owner.",
  }),
});
export const QuotaBody = Type.Object({
  allowed: Type.String({
    pattern: "^[0-9]{1,18}([.][0-9]{1,5})?$",
    description: "Core hours: a decimal text with up to five places.",
  }),
  period: Type.Unsafe<QuotaPeriod>({ type: "string", enum: ["total", "month"] }),
});
export const Holder = Type.Object({ id: Type.String({ description: "The number of the person or the group." }) });
export const Nothing = Type.Null();

export function presentFigures({ quota, ...given }: Figures): Static<typeof CoreHours> {
  return {
    used: given.used,
    reserved: given.reserved,
    allowed: quota?.allowed ?? null,
    left: given.left,
    period: quota?.period ?? null,
    resets_at: given.resetsAt?.toISOString() ?? null,
    set_by: quota?.set_by_label ?? null,
    set_at: quota?.set_at.toISOString() ?? null,
  };
}
