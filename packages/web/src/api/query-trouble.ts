import { asApiError } from "./api-error.ts";

interface Asked {
  readonly data: unknown;
  /** Null after a success. */
  readonly error: unknown;
}

/** What to show of a query's failure beside its data: nothing of one that passes by itself while there is data. */
export function shownError({ data, error }: Asked): unknown {
  if (error === null || (data !== undefined && asApiError(error).transient)) return null;
  return error;
}

/** The failure that takes a whole page's place: there is nothing to show, or the thing is gone or not one's own now. */
export function replacingError({ data, error }: Asked): unknown {
  if (error === null) return null;
  const { status } = asApiError(error);
  return data === undefined || status === 403 || status === 404 || status === 410 ? error : null;
}
