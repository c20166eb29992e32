/** A name of there on a terminal: what isn't plain is written out, so that it moves no cursor and hides nothing. */
export function shown(text: string): string {
  return /^[\x21-\x7e\p{L}\p{N}]{1,100}$/u.test(text)
    ? text
    : JSON.stringify(text.slice(0, 100)).replace(/[^\x20-\x7e]/gu, escaped);
}

function escaped(sign: string): string {
  return /^[\p{L}\p{N}]$/u.test(sign) ? sign : `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`;
}

/** Lines for a terminal, whatever names of there are in them: nothing that moves the cursor or turns the writing round. */
export function printable(lines: readonly string[]): string {
  return lines.map((line) => line.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu, escaped)).join("\n");
}
