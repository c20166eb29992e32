import { CsvError, parse } from "csv-parse/sync";
import { Problems } from "./problems.ts";
import { csvRefusal } from "./refusals.ts";

/** People of one file at most. */
export const MOST_LINES = 5_000;

export const COLUMNS = ["username", "full_name", "email", "groups", "role", "organization", "language"] as const;
export type Column = (typeof COLUMNS)[number];
const NEEDED: readonly Column[] = ["username", "full_name", "email"];
/** No plain object: `constructor` is no name of a column. */
const ALIASES: ReadonlyMap<string, Column> = new Map([
  ["user", "username"],
  ["user_name", "username"],
  ["login", "username"],
  ["name", "full_name"],
  ["fullname", "full_name"],
  ["e_mail", "email"],
  ["mail", "email"],
  ["group", "groups"],
  ["organisation", "organization"],
  ["locale", "language"],
]);
/** Of one record, in bytes. */
const LONGEST_RECORD = 20_000;

export interface CsvLine {
  readonly line: number;
  /** Trimmed; a column that is not there, or has nothing here, is empty. */
  readonly values: Readonly<Record<Column, string>>;
}

/**
 * Reads a file of people: RFC 4180 in UTF-8, the first line names the columns in any order; also with semicolons or
 * tabs, as spreadsheets write it in many languages.
 * @throws a refusal of the whole file: not CSV at all, nobody in it, too many
 */
export function readCsv(text: string): {
  readonly lines: readonly CsvLine[];
  readonly problems: Problems;
  /** Else nothing can be said of the lines. */
  readonly areColumnsKnown: boolean;
} {
  const [header, ...rest] = records(text);
  if (header === undefined || rest.length === 0) throw csvRefusal("no_people");
  if (rest.length > MOST_LINES) throw csvRefusal("too_many_lines", { most: MOST_LINES });
  const columns = header.fields.map(columnOf);
  const problems = new Problems();
  findInHeader(header, columns, problems);
  const areColumnsKnown = problems.count === 0;
  const lines = rest.map(({ line, fields }): CsvLine => {
    if (fields.slice(columns.length).some((field) => field !== "")) {
      problems.add(line, null, fields.at(-1) ?? "", () => csvRefusal("surplus_fields"));
    }
    const of = (column: Column) => fields[columns.indexOf(column)] ?? "";
    return { line, values: Object.fromEntries(COLUMNS.map((one) => [one, of(one)])) as Record<Column, string> };
  });
  return { lines, problems, areColumnsKnown };
}

interface CsvRecord {
  /** Where it ends. */
  readonly line: number;
  readonly fields: readonly string[];
}

function records(text: string): CsvRecord[] {
  const options = {
    bom: true,
    delimiter: delimiterOf(text),
    trim: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    max_record_size: LONGEST_RECORD,
    // One more than may be, to see that there are too many.
    to: MOST_LINES + 2,
  } as const;
  try {
    const parsed = parse(text, options) as unknown as { record: string[]; info: { lines: number } }[];
    return parsed.map(({ record, info }) => ({ line: info.lines, fields: record }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = Number(error.lines) || 1;
    if (error.code === "CSV_MAX_RECORD_SIZE") throw csvRefusal("record_too_long", { line, most: LONGEST_RECORD });
    throw csvRefusal("malformed", { line });
  }
}

/** What stands between the names of the columns; none of them has any of it. */
function delimiterOf(text: string): string {
  const header = /^[^\r\n]*/.exec(text.trimStart())?.[0] ?? "";
  const count = (mark: string) => header.split(mark).length;
  return [",", ";", "\t"].reduce((best, mark) => (count(mark) > count(best) ? mark : best));
}

function columnOf(name: string): Column | null {
  const plain = name.toLowerCase().replace(/[\s-]+/g, "_");
  return COLUMNS.find((column) => column === plain) ?? ALIASES.get(plain) ?? null;
}

function findInHeader({ line, fields }: CsvRecord, columns: readonly (Column | null)[], problems: Problems): void {
  for (const [at, column] of columns.entries()) {
    const name = fields[at] ?? "";
    if (column === null) {
      problems.add(line, name, null, () => csvRefusal("column_unknown", { known: COLUMNS.join(", ") }));
    } else if (columns.indexOf(column) !== at) {
      problems.add(line, name, null, () => csvRefusal("column_twice"));
    }
  }
  for (const column of NEEDED) {
    if (!columns.includes(column)) problems.add(line, column, null, () => csvRefusal("column_missing"));
  }
}
