/** The numbers that people's system accounts and groups get, both ends included. */
export interface UidRange {
  readonly first: number;
  readonly last: number;
}

/** True for a number of the range: a broker touches no other account. */
export function isInRange(uid: unknown, range: UidRange): uid is number {
  return typeof uid === "number" && Number.isInteger(uid) && uid >= range.first && uid <= range.last;
}
