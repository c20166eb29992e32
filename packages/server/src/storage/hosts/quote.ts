/** One word for a POSIX shell, whatever is in it. A NUL can't be in an argument at all. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** What needs an escape between single quotes in a format of printf(1). */
const ESCAPED = /[^A-Za-z0-9 \n\t/.,:;=@_+]/gu;

/** One word from which the shell's own printf makes this text, NULs too, which no word may hold. */
export function printfFormat(text: string): string {
  const escaped = text.replace(ESCAPED, (character) =>
    Array.from(Buffer.from(character), (byte) => `\\${byte.toString(8).padStart(3, "0")}`).join(""),
  );
  return quote(escaped);
}
