import type { Config } from "../../config/schema.ts";
import type { MayOwn } from "./command.ts";

/**
 * Whom a broker lets directories be given to, whatever its server asks for: who STORAGE_UID and STORAGE_GID name, and
 * the numbers that are people's and groups' own.
 */
export function mayOwnBy({ storage, processes }: Pick<Config, "storage" | "processes">): MayOwn {
  const { first, last } = processes.uidRange;
  const isOurs = (number: number) => number >= first && number <= last;
  return ({ uid, gid }) => (uid === storage.uid || isOurs(uid)) && (gid === storage.gid || isOurs(gid));
}
