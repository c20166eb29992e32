/** Arabic keyboards' letters for those that Persian writes, which look the same. */
const persianLetters: Readonly<Record<string, string>> = { ي: "ی", ى: "ی", ك: "ک", ة: "ه", ۀ: "ه" };
/** Joins nothing and takes no room: the same word with and without. */
const invisible = /[\u200b-\u200f\u2060\ufeff]/g;

/** A name as searches compare it: one spelling for letters that Unicode can write in several ways, one case. */
export function foldName(name: string): string {
  return name
    .normalize("NFKC")
    .toUpperCase()
    .normalize("NFKC")
    .replace(invisible, "")
    .replace(/[يىكةۀ]/g, (letter) => persianLetters[letter] ?? letter);
}
