/** A text field knows one end of a line, a line feed. What a file has besides is kept aside, and put back when it is saved. */
type Ending = "\n" | "\r\n" | "\r";

const mark = "\ufeff";
const anEnding = /\r\n|\n|\r/;

/** As a field holds it: without the mark that some programs begin a text with, each line ended by a line feed. */
export const asTyped = (text: string): string =>
  (text.startsWith(mark) ? text.slice(1) : text).split(anEnding).join("\n");

/** Whether its lines end in more than one way. */
export const isMixed = (text: string): boolean => new Set(endingsOf(text)).size > 1;

/**
 * What was typed as the file has it: with its mark, each line that was not touched with the end it had, a new one with
 * the end that most have.
 * @param typed made of `asTyped(original)`
 */
export function asInFile(typed: string, original: string): string {
  const begin = original.startsWith(mark) ? mark : "";
  const endings = endingsOf(original);
  const usual = mostOf(endings);
  const lines = typed.split("\n");
  if (new Set(endings).size < 2) return begin + lines.join(usual);
  const kept = keptLines(asTyped(original).split("\n"), lines);
  return begin + lines.map((line, at) => (at === lines.length - 1 ? line : line + endingAt(at))).join("");

  function endingAt(at: number): Ending {
    const was = kept[at];
    return (was === undefined ? undefined : endings[was]) ?? usual;
  }
}

const endingsOf = (text: string): Ending[] => [...text.matchAll(/\r\n|\n|\r/g)].map(([ending]) => ending as Ending);

function mostOf(endings: readonly Ending[]): Ending {
  const count = (one: Ending) => endings.filter((ending) => ending === one).length;
  return (["\n", "\r\n", "\r"] as const).toSorted((a, b) => count(b) - count(a))[0] ?? "\n";
}

/** Pairs of lines that are compared, between the first line that was touched and the last: more would hold up the page. */
const mostPairs = 4_000_000;

/** Of each line after the change, which one it was before; undefined: it is new. */
function keptLines(before: readonly string[], after: readonly string[]): (number | undefined)[] {
  const kept: (number | undefined)[] = new Array(after.length).fill(undefined);
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) kept[start] = start++;
  let [oldEnd, newEnd] = [before.length, after.length];
  while (oldEnd > start && newEnd > start && before[oldEnd - 1] === after[newEnd - 1]) kept[--newEnd] = --oldEnd;
  const [old, now] = [before.slice(start, oldEnd), after.slice(start, newEnd)];
  const same = old.length * now.length <= mostPairs ? common(old, now) : [];
  let [was, at] = [0, 0];
  for (const [nextWas, nextAt] of [...same, [old.length, now.length] as const]) {
    // As many lines as before: they were written anew in their places.
    if (nextWas - was === nextAt - at) while (at < nextAt) kept[start + at++] = start + was++;
    if (nextAt < now.length) kept[start + nextAt] = start + nextWas;
    [was, at] = [nextWas + 1, nextAt + 1];
  }
  return kept;
}

/** The longest list of lines that both have in this order, as places in the one and the other. */
function common(old: readonly string[], now: readonly string[]): [number, number][] {
  const width = now.length + 1;
  const longest = new Uint32Array((old.length + 1) * width);
  const at = (a: number, b: number): number => longest[a * width + b] ?? 0;
  for (let a = old.length - 1; a >= 0; a--) {
    for (let b = now.length - 1; b >= 0; b--) {
      longest[a * width + b] = old[a] === now[b] ? at(a + 1, b + 1) + 1 : Math.max(at(a + 1, b), at(a, b + 1));
    }
  }
  const pairs: [number, number][] = [];
  for (let a = 0, b = 0; a < old.length && b < now.length; ) {
    if (old[a] === now[b]) pairs.push([a++, b++]);
    else if (at(a + 1, b) >= at(a, b + 1)) a++;
    else b++;
  }
  return pairs;
}
