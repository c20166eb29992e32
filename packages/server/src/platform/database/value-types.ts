import pg from "pg";

const INT8 = 20;
const INT8_ARRAY = 1016;

/**
 * How PostgreSQL's values become JavaScript's on our pools: int8 is a number, and one above 2^53 − 1 is an
 * error instead of a rounded figure (columns of bytes that may be that large are cast to text by their query).
 */
export const valueTypes: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: "text" | "binary") {
    if (format !== "binary" && oid === INT8) return parseInt8;
    if (format !== "binary" && oid === INT8_ARRAY) return parseInt8Array;
    return pg.types.getTypeParser(oid, format);
  },
};

function parseInt8(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  throw new RangeError(`the int8 ${text} does not fit a JavaScript number: cast the column to text and read a bigint`);
}

function parseInt8Array(text: string): unknown {
  const parse = pg.types.getTypeParser(1009 as number, "text") as (value: string) => (string | null)[];
  return parse(text).map((item) => (item === null ? null : parseInt8(item)));
}
