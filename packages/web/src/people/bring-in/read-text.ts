import { importBody } from "../../api/people-import.ts";

/** Of a request, in bytes; the server takes no more. */
const longestBody = 4 * 2 ** 20;
/** A file of so many bytes is not even read: one may have two for each of what is sent, not more. */
export const longestFile = 2 * longestBody + 2;

/** Whether the server would refuse what is sent of this text: quotes and ends of lines take two bytes there. */
export function isTooLong(csv: string): boolean {
  return new TextEncoder().encode(JSON.stringify(importBody(csv))).length > longestBody;
}

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
