import type { LogField } from "../mapping/fields.ts";
import type { TableMapping } from "../mapping/map-columns.ts";
import { literal, quoted } from "./old-portal.ts";
import type { Column, Relation } from "./relations.ts";

/** Characters of one text that are brought over the wire; the server cuts at far fewer, and says so. */
const MOST_CHARACTERS = 8_000_000;

export function fromOf({ schema, name }: Relation): string {
  return `${quoted(schema)}.${quoted(name)}`;
}

/** A column as text. */
export function textExpression(column: Column | undefined): string {
  return column === undefined ? "null::text" : `${quoted(column.name)}::text`;
}

/** What may be long or of any bytes: bytes come as they are. */
export function longExpression(column: Column | undefined): string {
  if (column === undefined) return "null::text";
  const name = quoted(column.name);
  return column.kind === "bytes" ? `substr(${name}, 1, ${MOST_CHARACTERS})` : `left(${name}::text, ${MOST_CHARACTERS})`;
}

/** How many bytes it has. */
export function sizeExpression(column: Column | undefined): string {
  if (column === undefined) return "0";
  const name = quoted(column.name);
  return `coalesce(octet_length(${column.kind === "bytes" || column.kind === "text" ? name : `${name}::text`}), 0)`;
}

/** A moment: what has no zone of its own is of the one that the operator says. */
export function momentExpression(column: Column, timeZone: string): string {
  const name = quoted(column.name);
  return column.type.includes("with time zone") ? name : `${name}::timestamp at time zone ${literal(timeZone)}`;
}

/** A moment as text in UTC, without a zone behind it. */
export function timeExpression(column: Column | undefined, timeZone: string): string {
  return column === undefined ? "null::text" : `((${momentExpression(column, timeZone)}) at time zone 'UTC')::text`;
}

/** A duration as a number of milliseconds. */
export function durationExpression({ columns }: Pick<TableMapping<LogField>, "columns">): string {
  const [inMs, inS] = [columns.get("execution_time_ms"), columns.get("execution_time_s")];
  const column = inMs ?? inS;
  if (column === undefined) return "null::text";
  const number = column.kind === "interval" ? `extract(epoch from ${quoted(column.name)}) * 1000` : quoted(column.name);
  return column.kind !== "interval" && inMs === undefined
    ? `(${number}::double precision * 1000)::text`
    : `(${number})::text`;
}
