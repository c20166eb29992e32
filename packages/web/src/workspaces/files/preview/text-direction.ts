/** Letters looked at. */
const enough = 4_000;

/** The way most of a text runs: which side its lines begin at, and its numbers stand. */
export function directionOfText(text: string): "ltr" | "rtl" {
  const head = text.slice(0, enough);
  const count = (letters: RegExp) => head.match(letters)?.length ?? 0;
  return count(/[\p{Script=Arabic}\p{Script=Hebrew}]/gu) > count(/\p{Script=Latin}/gu) ? "rtl" : "ltr";
}
