import { StoaError } from "../../platform/errors/stoa-error.ts";

/** Opaque to callers: where the page ended, for its order alone. */
export function pageCursorOf(
  sort: string,
  { sort_key: key, id }: { readonly sort_key: string; readonly id: number },
): string {
  return Buffer.from(JSON.stringify([sort, key, id])).toString("base64url");
}

/** @throws StoaError invalid for what is none of ours, or another order's */
export function readPageCursor(sort: string, cursor: string | undefined): { key: string; id: number } | undefined {
  if (!cursor) return undefined;
  const read = parsed(Buffer.from(cursor, "base64url").toString());
  if (Array.isArray(read) && read.length === 3) {
    const [of, key, id] = read as unknown[];
    const isKey = typeof key === "string" && (sort === "name" || KEY_OF_TIME.test(key)) && !key.includes("\0");
    if (of === sort && isKey && typeof id === "number" && Number.isSafeInteger(id)) return { key, id };
  }
  throw new StoaError("invalid", { details: { problem: "the cursor is not one of ours" } });
}

/** As PostgreSQL writes a time. */
const KEY_OF_TIME = /^(?:-infinity|\d{4,6}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?[+-]\d\d(?::\d\d){0,2})$/;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
