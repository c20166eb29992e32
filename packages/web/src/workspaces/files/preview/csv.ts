/** Rows and columns that are shown; the rest is told. */
export const shownRows = 500;
const shownColumns = 60;

export interface CsvTable {
  readonly rows: readonly (readonly string[])[];
  /** There is more than what is shown. */
  readonly cut: boolean;
}

/** The separator that the first line uses most; a comma when it uses none. */
function separatorOf(text: string): string {
  const line = text.slice(0, text.indexOf("\n") + 1 || text.length);
  const counted = [",", ";", "\t"].map((mark) => ({ mark, count: line.split(mark).length }));
  return counted.reduce((best, one) => (one.count > best.count ? one : best)).mark;
}

/** RFC 4180 with any of the usual separators; a quote that never ends takes the rest as it is. */
export function readCsv(text: string): CsvTable {
  const separator = separatorOf(text);
  const rows: string[][] = [];
  let row: string[] = [];
  let field = "";
  let quoted = false;
  let wide = false;
  const endField = () => {
    if (row.length < shownColumns) row.push(field);
    else wide = true;
    field = "";
  };
  const endRow = () => {
    endField();
    if (row.length > 1 || row[0] !== "") rows.push(row);
    row = [];
  };
  let at = 0;
  for (; at < text.length && rows.length < shownRows; at++) {
    const letter = text[at];
    if (quoted) {
      if (letter !== '"') field += letter;
      else if (text[at + 1] === '"') field += text[++at];
      else quoted = false;
    } else if (letter === '"' && field === "") quoted = true;
    else if (letter === separator) endField();
    else if (letter === "\n") endRow();
    else if (letter !== "\r") field += letter;
  }
  if (rows.length < shownRows && (field !== "" || row.length > 0)) endRow();
  return { rows, cut: at < text.length || wide };
}
