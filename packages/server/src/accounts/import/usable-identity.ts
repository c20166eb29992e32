import { checkedEmail, USERNAME, usernameKey } from "../identity-rules.ts";

const LONGEST = 20;
const SHORTEST = 3;

/**
 * A user name for somebody who comes from a service with other rules: theirs, if it keeps ours, else what is left of
 * it (small letters, nothing of an address but the name). Null: nothing usable is left.
 */
export function usableUsername(theirs: string): string | null {
  const key = usernameKey(theirs.trim());
  if (USERNAME.test(key)) return key;
  const name = (key.split("@", 1)[0] ?? "")
    .normalize("NFKD")
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[-.]+|[-.]+$/g, "")
    .slice(0, LONGEST);
  return name.length >= SHORTEST && USERNAME.test(name) ? name : null;
}

/** Their address as we keep it; null when it is none. */
export function usableEmail(theirs: string): string | null {
  try {
    return checkedEmail(theirs);
  } catch {
    return null;
  }
}

/** An address for who has none: unique, and mail to it goes nowhere (RFC 2606). */
export function placeholderEmail(source: string, oldId: number): string {
  return `user-${oldId}.${source}@imported.invalid`;
}
