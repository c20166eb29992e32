/**
 * A text as it is looked for: small letters, one form of each Persian letter, plain digits, no joiners nor marks.
 */
export function fold(text: string): string {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[ي]/g, "ی")
    .replace(/[ك]/g, "ک")
    .replace(/[۰-۹]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0))
    .replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/[\p{M}\u200b-\u200f\u2066-\u2069]/gu, "")
    .trim();
}

/** The words of what was typed. */
export const tokensOf = (query: string): string[] => fold(query).split(/\s+/).filter(Boolean);

/**
 * How well folded `words` answer what was typed: every token has to begin a word (best) or stand inside one.
 * @returns 0 when one is missing; more is better
 */
export function score(words: string, tokens: readonly string[]): number {
  let sum = 1;
  for (const [at, token] of tokens.entries()) {
    const found = words.indexOf(token);
    if (found === -1) return 0;
    if (found === 0) sum += at === 0 ? 4 : 2;
    else if (` ${words}`.includes(` ${token}`)) sum += 2;
    else sum += 0.5;
  }
  return sum;
}
