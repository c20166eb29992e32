import { startRefusals } from "./messages.ts";

/** Characters of JSON. A person's list of jobs shows those of all that they ever started, in one answer. */
const LONGEST = 16_384;

/** @throws StoaError invalid for more than is kept of what a start tells about itself */
export function checkDetailsLength(details: Readonly<Record<string, unknown>>): void {
  const { length } = JSON.stringify(details);
  if (length > LONGEST) throw startRefusals.detailsTooLong(length, LONGEST);
}
