/** Levels of lists and quotations in an announcement, and marks of emphasis and brackets that are open at once. */
const MOST_LEVELS = 6;
const MOST_OPEN = 20;

const MARK = /[ \t]*(?:>|[-*+](?=[ \t]|$)|\d{1,9}[.)](?=[ \t]|$))/y;
const RULE = /^[ \t]*([-*_])(?:[ \t]*\1){2,}[ \t]*$/;
const INLINE = /[*_~]+|!?\[|\]/g;

/**
 * Whether the marks of a text nest deeper than anybody writes. To draw it takes a page as many steps within each other,
 * and a few thousand of them stop it. The portal looks in the same way before it draws.
 */
export function nestsTooDeep(text: string): boolean {
  let open = 0;
  for (const line of text.split(/\r\n|\r|\n/)) {
    if (line.trim() === "") open = 0;
    if (levelsOf(line) > MOST_LEVELS) return true;
    for (const { 0: marks, index } of line.matchAll(INLINE)) {
      open = Math.max(0, open + turnOf(marks, line[index - 1] ?? " ", line[index + marks.length] ?? " "));
      if (open > MOST_OPEN) return true;
    }
  }
  return false;
}

/** Marks of lists and quotations that a line begins with, and how far it is indented: four columns a level. */
function levelsOf(line: string): number {
  let levels = 0;
  MARK.lastIndex = 0;
  for (let at = 0; levels <= MOST_LEVELS && !RULE.test(line.slice(at)); at = MARK.lastIndex) {
    MARK.lastIndex = at;
    if (!MARK.test(line)) break;
    levels++;
  }
  const indent = /^[ \t]*/.exec(line)?.[0].replaceAll("\t", "    ").length ?? 0;
  return levels === 0 ? 0 : levels + Math.floor(indent / 4);
}

/** How many more are open after it, or fewer: by what stands before and after it, about as CommonMark has it. */
function turnOf(marks: string, before: string, after: string): number {
  if (marks === "]") return -1;
  if (marks.endsWith("[")) return 1;
  const inWord = /[\p{L}\p{N}]/u.test(before) && /[\p{L}\p{N}]/u.test(after);
  if (inWord && marks.includes("_")) return 0;
  if (/[^\s([{"'«“]/u.test(before) && /[^\p{L}\p{N}([{"'«“]/u.test(after)) return -marks.length;
  return /\s/.test(after) ? 0 : marks.length;
}
