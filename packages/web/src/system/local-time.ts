/** A moment as a field of type `datetime-local` wants it, in the browser's time zone: `2026-11-21T18:30`. */
export function toField(at: string | Date | null): string {
  if (at === null) return "";
  const moment = new Date(at);
  const local = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

/** The other way round; null for an empty field. */
export function fromField(value: string): string | null {
  const moment = value === "" ? Number.NaN : new Date(value).getTime();
  return Number.isNaN(moment) ? null : new Date(moment).toISOString();
}
