const mark = /[ \t]*(?:>|[-*+](?=[ \t]|$)|\d{1,9}[.)](?=[ \t]|$))/y;
const rule = /^[ \t]*([-*_])(?:[ \t]*\1){2,}[ \t]*$/;
const inline = /[*_~]+|!?\[|\]/g;

interface Most {
  /** Levels of lists and quotations. */
  readonly levels: number;
  /** Marks of emphasis and brackets that are open at once in a paragraph. */
  readonly open: number;
}

/** What an announcement is held to by the server, too. */
export const inAnnouncement: Most = { levels: 6, open: 20 };
/** What somebody's file may have: more than anybody writes by hand, and drawn at once still. */
export const inFile: Most = { levels: 30, open: 60 };

/**
 * Whether the marks of a text nest deeper than that. To draw it takes as many steps within each other: a few hundred
 * hold a page up for seconds, a few thousand end it. Fenced code is not looked at: marks mean nothing in it.
 */
export function nestsTooDeep(text: string, most: Most): boolean {
  let open = 0;
  let fence: string | null = null;
  for (const line of text.split(/\r\n|\r|\n/)) {
    const [, begins] = /^ {0,3}(`{3,}|~{3,})/.exec(line) ?? [];
    if (fence !== null) {
      if (begins?.startsWith(fence)) fence = null;
      continue;
    }
    if (begins !== undefined) {
      fence = begins;
      open = 0;
      continue;
    }
    if (line.trim() === "") open = 0;
    if (levelsOf(line, most.levels) > most.levels) return true;
    for (const { 0: marks, index } of line.matchAll(inline)) {
      open = Math.max(0, open + turnOf(marks, line[index - 1] ?? " ", line[index + marks.length] ?? " "));
      if (open > most.open) return true;
    }
  }
  return false;
}

/** Marks of lists and quotations that a line begins with, and how far it is indented: four columns a level. */
function levelsOf(line: string, most: number): number {
  let levels = 0;
  mark.lastIndex = 0;
  for (let at = 0; levels <= most && !rule.test(line.slice(at)); at = mark.lastIndex) {
    mark.lastIndex = at;
    if (!mark.test(line)) break;
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
