import { createTestDatabase } from "@stoa/server/testing/test-database.ts";
import { createOldPortal, type OldPortalDatabase } from "./old-portal.ts";
import { CommandLine, type Ran } from "./remembering-terminal.ts";

/** An old portal, a Stoa that is set up, and the command between them. */
export interface PortalImport {
  readonly old: OldPortalDatabase;
  /** `stoa import portal --database …` with these behind it. */
  run(...more: string[]): Promise<Ran>;
  /** Of Stoa's database. */
  rows(sql: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  drop(): Promise<void>;
}

/** @param shape SQL that makes the old portal's tables; @param env settings of Stoa beside its database */
export async function createPortalImport(
  shape?: string,
  env: Readonly<Record<string, string>> = {},
): Promise<PortalImport> {
  const old = await createOldPortal(shape);
  const { url, pool, drop } = await createTestDatabase();
  const line = new CommandLine({ DATABASE_URL: url, ...env });
  return {
    old,
    run: (...more) => line.run("import", "portal", "--database", old.url, ...more),
    rows: async (sql, values = []) => (await pool.query(sql, [...values])).rows,
    async drop() {
      line.remove();
      await drop();
      await old.drop();
    },
  };
}

/** Who ran what, as it came. */
export const CAME = `select a.username, e.code from activity_executions e
  join accounts a on a.id = e.account_id order by 1, 2`;
