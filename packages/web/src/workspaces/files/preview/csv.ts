/** Columns that are shown; the rest is told. */
const shownColumns = 100;
/** Rows that are read of one text: more stall the page. */
const mostRows = 50_000;

export interface CsvTable {
  readonly rows: readonly (readonly string[])[];
  /** There are more rows or columns than these. */
  readonly cut: boolean;
}

const separators = ["\t", ",", ";", "|"] as const;
/** Lines that a separator is judged by. */
const judged = 20;

/** The separator that most lines have as often as the first one does, the oftener the better; a comma when none is. */
export function separatorOf(text: string): string {
  const lines = unquoted(text.slice(0, 64 * 1024))
    .split(/\r?\n/)
    .filter((line) => line !== "")
    .slice(0, judged);
  const ranked = separators.map((mark) => {
    const counts = lines.map((line) => line.split(mark).length - 1);
    const [first = 0] = counts;
    const alike = first === 0 ? 0 : counts.filter((count) => count === first).length;
    return { mark, rank: alike * 1_000 + Math.min(first, 999) };
  });
  const best = ranked.reduce((a, b) => (b.rank > a.rank ? b : a));
  return best.rank === 0 ? "," : best.mark;
}

/** Without what stands in quotes, which no separator is counted in. */
const unquoted = (text: string): string => text.replace(/"(?:[^"]|"")*"/g, "");

/** RFC 4180 with any of the usual separators; a quote that never ends takes the rest as it is. */
export function readCsv(text: string, separator = separatorOf(text)): CsvTable {
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
  // What Excel begins its files with.
  let at = text.startsWith("\ufeff") ? 1 : 0;
  for (; at < text.length && rows.length < mostRows; at++) {
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
  if (rows.length < mostRows && (field !== "" || row.length > 0)) endRow();
  return { rows, cut: at < text.length || wide };
}
