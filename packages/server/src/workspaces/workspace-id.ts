/**
 * Reads the id of a workspace (or of what belongs to it) from an address. Null for what can be nobody's:
 * not a number, zero, negative, beyond 2^53 − 1.
 */
export function parseId(text: string): number | null {
  if (!/^[0-9]{1,16}$/.test(text)) return null;
  const id = Number(text);
  return Number.isSafeInteger(id) && id > 0 ? id : null;
}
