import type { LogField } from "../mapping/fields.ts";
import type { TableMapping } from "../mapping/map-columns.ts";
import {
  durationExpression,
  fromOf,
  longExpression,
  momentExpression,
  sizeExpression,
  textExpression,
  timeExpression,
} from "./expressions.ts";
import { type OldPortal, type OldRow, quoted } from "./old-portal.ts";
import { textOf } from "./values.ts";

/** Names that no column has. */
const [MOMENT, KNOWN] = [quoted("stoa moment"), quoted("stoa known")];

/** How many executions somebody has in the old log, by what they are known by in it. */
export interface OldCount {
  readonly who: string;
  readonly all: number;
  /** Without an id; they are in none of the following. */
  readonly withoutId: number;
  /** Of no time that can be. */
  readonly odd: number;
  readonly tooOld: number;
  readonly ahead: number;
}

/** An execution without its texts. */
export interface OldKey {
  readonly id: string;
  readonly who: string;
  /** In UTC, with microseconds; empty: none. */
  readonly time: string;
  /** Bytes of code and message. */
  readonly size: number;
}

/** What is before cannot be kept, or is not to be. */
export interface Bounds {
  /** No portal ran before; dates before are mistakes. */
  readonly earliest: Date;
  /** What is older is left out; null: nothing is. */
  readonly oldest: Date | null;
  readonly latest: Date;
}

export interface OldLog {
  /** The column of ids, as people read it. */
  readonly idName: string;
  counts(bounds: Bounds): Promise<OldCount[]>;
  /** How many have an id, and how many ids there are. */
  ids(): Promise<{ readonly rows: number; readonly ids: number }>;
  /**
   * All that have an id, in no order: what sorts before what is another thing in each collation. From the first to the
   * last the log is seen as it was at the first, by `whole` too.
   */
  pages(limit: number): AsyncGenerator<readonly OldKey[]>;
  /** With everything, of these ids, in no order. `who`: as in the key. */
  whole(ids: readonly string[]): Promise<OldRow[]>;
  /** Whether rows are found by an index: without one each part looks through the whole table. */
  isIndexed(): Promise<boolean>;
}

/** @param by `key`: the log knows people by their ids; `username`: by their names */
export function createOldLog(
  portal: OldPortal,
  { relation, columns }: TableMapping<LogField>,
  { by, timeZone }: { readonly by: "key" | "username"; readonly timeZone: string },
): OldLog {
  const from = `${fromOf(relation)} as old`;
  const column = (field: LogField) => columns.get(field);
  const id = `old.${quoted(column("id")?.name ?? "")}`;
  const type = idType(column("id")?.type ?? "text");
  const who = textExpression(column(by === "key" ? "user_id" : "username") ?? column("user_id"));
  const time = timeExpression(column("timestamp"), timeZone);
  const size = `${sizeExpression(column("code"))} + ${sizeExpression(column("error_message"))}`;

  return {
    idName: `${column("id")?.name} (${column("id")?.type})`,
    async counts({ earliest, oldest, latest }) {
      const stamp = column("timestamp");
      const moment = stamp === undefined ? "null" : momentExpression(stamp, timeZone);
      const rows = await portal.rows(
        `select ${who} as who, count(*)::text as "all", count(*) filter (where not ${KNOWN})::text as without_id,
           count(*) filter (where ${KNOWN} and (${MOMENT} is null or ${MOMENT} < $1 or not isfinite(${MOMENT})))::text
             as odd,
           count(*) filter (where ${KNOWN} and ${MOMENT} >= $1 and ${MOMENT} < $2)::text as old,
           count(*) filter (where ${KNOWN} and ${MOMENT} > $3 and isfinite(${MOMENT}))::text as ahead
         from (select *, (${moment}) as ${MOMENT}, ${id} is not null as ${KNOWN} from ${from}) as log
         group by 1 order by 1`,
        [earliest, oldest ?? earliest, latest].map((date) => date.toISOString()),
      );
      return rows.map((row) => ({
        who: textOf(row, "who"),
        all: Number(row.all),
        withoutId: Number(row.without_id),
        odd: Number(row.odd),
        tooOld: Number(row.old),
        ahead: Number(row.ahead),
      }));
    },
    async ids() {
      const [row] = await portal.rows(
        `select count(${id})::text as "rows", count(distinct ${id})::text as ids from ${from}`,
      );
      return { rows: Number(row?.rows), ids: Number(row?.ids) };
    },
    async *pages(limit) {
      await portal.rows("begin isolation level repeatable read");
      try {
        await portal.rows(
          `declare stoa_keys no scroll cursor for
           select ${id}::text as id, ${who} as who, ${time} as time, (${size})::text as size from ${from}
           where ${id} is not null`,
        );
        for (;;) {
          const rows = await portal.rows(`fetch ${limit} from stoa_keys`);
          if (rows.length === 0) return;
          yield rows.map(keyOf);
        }
      } finally {
        await portal.rows("rollback").catch(() => undefined);
      }
    },
    whole: (ids) =>
      portal.rows(
        `select ${id}::text as id, ${who} as who, ${longExpression(column("code"))} as code,
           ${longExpression(column("error_message"))} as error_message, ${durationExpression({ columns })} as took,
           ${textExpression(column("cell_number"))} as cell_number, ${textExpression(column("status"))} as status,
           ${textExpression(column("success"))} as success
         from ${from} where ${id} = any($1::${type}[])`,
        [[...ids]],
      ),
    async isIndexed() {
      const rows = await portal.rows(
        `select 1::text as one from pg_catalog.pg_index i
         join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
         where i.indrelid = $1::regclass and a.attname = $2 limit 1`,
        [fromOf(relation), column("id")?.name],
      );
      return rows.length > 0;
    },
  };
}

function keyOf(row: OldRow): OldKey {
  return { id: String(row.id), who: textOf(row, "who"), time: textOf(row, "time"), size: Number(row.size) };
}

/** The different values of the column that says whose an execution is. */
export async function readLogPeople(
  portal: OldPortal,
  { relation, columns }: TableMapping<LogField>,
): Promise<string[]> {
  const who = textExpression(columns.get("user_id"));
  const rows = await portal.rows(`select distinct ${who} as who from ${fromOf(relation)} as old`);
  return rows.map((row) => textOf(row, "who")).filter((text) => text !== "");
}

/** As what ids are compared; a type of the database's own, never a word from outside. */
function idType(type: string): string {
  return ["smallint", "integer", "bigint", "numeric", "uuid"].includes(type) ? type : "text";
}
