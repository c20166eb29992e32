import type { AuditItem } from "./present.ts";

const columns: readonly (readonly [string, (item: AuditItem) => string | number | null])[] = [
  ["seq", (item) => item.seq],
  ["at", (item) => item.at],
  ["action", (item) => item.action],
  ["outcome", (item) => item.outcome],
  ["actor_id", (item) => item.actor.account_id],
  ["actor", (item) => item.actor.label],
  ["credential_kind", (item) => item.actor.credential_kind],
  ["credential_id", (item) => item.actor.credential_id],
  ["subject_kind", (item) => item.subject.kind],
  ["subject_id", (item) => item.subject.id],
  ["subject", (item) => item.subject.label],
  // Whose thing it is, where the entry says so; and the ids of all accounts that it is about.
  ["owner", ({ details }) => (typeof details.owner === "string" ? details.owner : null)],
  ["about", (item) => item.about.join(" ")],
  ["address", (item) => item.address],
  ["request_id", (item) => item.request_id],
  ["details", (item) => JSON.stringify(item.details)],
];

export const csvHeader = `${columns.map(([name]) => name).join(",")}\r\n`;

/** One line by RFC 4180. */
export function csvLine(item: AuditItem): string {
  return `${columns.map(([, value]) => field(value(item))).join(",")}\r\n`;
}

/**
 * A spreadsheet takes a field that begins like a formula for one, also a name that somebody chose: an
 * apostrophe before it makes it text.
 */
function field(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const harmless = /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : value;
  return `"${harmless.replaceAll('"', '""')}"`;
}
