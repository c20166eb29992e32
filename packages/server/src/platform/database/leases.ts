import { sql } from "kysely";
import type { Config } from "../../config/schema.ts";
import type { Db } from "./database.ts";

/** This process, as a lease knows it. */
export function holderOf({ nodeId }: Pick<Config, "nodeId">): string {
  return `${nodeId}#${process.pid}`;
}

/**
 * Takes or keeps a lease on what only one server of the cluster does at a time (`hub.poll`, `storage.scan`); false:
 * another server has it. It ends by itself after so many seconds, should its holder be killed.
 */
export async function takeLease(db: Db, name: string, holder: string, seconds: number): Promise<boolean> {
  const { rows } = await sql`
    insert into leases (name, holder, until)
    values (${name}, ${holder}, now() + make_interval(secs => ${seconds}))
    on conflict (name) do update set holder = excluded.holder, until = excluded.until
      where leases.holder = excluded.holder or leases.until < now()
    returning 1`.execute(db);
  return rows.length > 0;
}

/** Lets another server have it at once. */
export async function giveBackLease(db: Db, name: string, holder: string): Promise<void> {
  await sql`delete from leases where name = ${name} and holder = ${holder}`.execute(db);
}

/**
 * Ends the leases of servers on this machine that are no more: a restart after a crash waits for nobody. Before the
 * first one is taken: this process's own are taken for a forerunner's of the same number.
 */
export async function endLeasesOfDead(db: Db, config: Pick<Config, "nodeId">): Promise<void> {
  const { rows } = await sql<{ holder: string }>`select distinct holder from leases`.execute(db);
  const dead = deadAmong(
    rows.map(({ holder }) => holder),
    config,
  );
  if (dead.length > 0) await sql`delete from leases where holder = any(${dead}::text[])`.execute(db);
}

/** Of these holders, those that were servers on this machine and are no more. */
export function deadAmong(holders: readonly string[], { nodeId }: Pick<Config, "nodeId">): string[] {
  const prefix = `${nodeId}#`;
  return holders.filter((holder) => holder.startsWith(prefix) && !isAlive(Number(holder.slice(prefix.length))));
}

/** A number that another program bears by now counts as alive: then the lease ends by itself. Our own was a forerunner's. */
function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
