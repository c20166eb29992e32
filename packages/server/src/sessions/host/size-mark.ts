/**
 * What is left in a terminal's output where its screen got another size, so that it can be shown again as it was: what
 * was drawn for one width can't be read at another. A private operating system command, which terminals ignore.
 * @param cols and @param rows in characters
 */
export function sizeMark({ cols, rows }: { readonly cols: number; readonly rows: number }): Buffer {
  return Buffer.from(`\u001b]7337;${cols};${rows}\u0007`);
}
