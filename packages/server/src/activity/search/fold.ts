/** Letters that people mean as the same: Arabic keyboards' yeh and kaf, and the sigma that ends a word. */
const SAME: Readonly<Record<string, string>> = { ي: "ی", ى: "ی", ك: "ک", ς: "σ" };
const MEANT_THE_SAME = /[يىكς]/g;
const BEYOND_ASCII = /[\u0080-\uffff]/g;
const LEADS = "ABCDEFGHIJKLMNOP";
const TRAILS = "QRSTUVWXYZ";

/**
 * A text as it is searched: any case, composed, in ASCII. Each UTF-16 unit beyond ASCII becomes five capital letters
 * (the folded text has no others): a lead A–P and four trails Q–Z, so that none is found from its middle. Trigrams then
 * work for every script, whatever the database's locale takes for a letter, and LIKE compares bytes.
 */
export function fold(text: string): string {
  const lower = text.normalize("NFC").toLowerCase();
  return lower.replace(MEANT_THE_SAME, (letter) => SAME[letter] ?? letter).replace(BEYOND_ASCII, encoded);
}

/** UTF-16 units of code that a search finds: an index of more would be many times what is kept. */
export const MOST_SEARCHED = 8_192;

/** What is searched of an execution: how its code begins, and its error's message. */
export function foldedOf(code: string, error: string | null): string {
  const begin = code.slice(0, MOST_SEARCHED);
  return fold(error === null ? begin : `${begin}\n${error}`);
}

/** `%`, `_` and `\` stand for themselves. */
export function patternOf(needle: string): string {
  return `%${fold(needle).replace(/[\\%_]/g, "\\$&")}%`;
}

/** Whether an index of trigrams can help: three letters or digits in a row. */
export function hasTrigrams(needle: string): boolean {
  return /[a-z0-9A-Z]{3}/.test(fold(needle));
}

const codes = new Map<string, string>();

function encoded(unit: string): string {
  const known = codes.get(unit);
  if (known !== undefined) return known;
  const code = unit.charCodeAt(0);
  const digits = [1000, 100, 10, 1].map((place) => TRAILS[Math.floor((code % 10_000) / place) % 10]);
  const made = (LEADS[Math.floor(code / 10_000)] ?? "") + digits.join("");
  codes.set(unit, made);
  return made;
}
