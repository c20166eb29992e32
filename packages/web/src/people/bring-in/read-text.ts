/** Bytes; the server takes no more. */
export const longestFile = 4 * 2 ** 20;

/**
 * A file's text, in UTF-8 or as spreadsheets mark it.
 * @returns null where it is neither: letters would come out as others
 */
export function readText(bytes: Uint8Array): string | null {
  const [first, second] = bytes;
  const marked = first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : null;
  try {
    return new TextDecoder(marked ?? "utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
