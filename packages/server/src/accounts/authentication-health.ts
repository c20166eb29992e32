import { sql } from "kysely";
import type { Config } from "../config/schema.ts";
import type { HealthChecks } from "../platform/http/dependency-health.ts";
import type { AccountsDb } from "./tables.ts";

/** Whether people can be recognised, by the methods' ids: those of the service that was replaced, or our own. */
export function authenticationHealth(db: AccountsDb, { uws }: Pick<Config, "uws">): HealthChecks {
  const here = async () =>
    sql`select 1`.execute(db).then(
      () => null,
      () => "The database does not answer.",
    );
  const ids = uws?.authentications.map(({ id }) => id) ?? ["local"];
  // By password is ours, and always there.
  return Object.fromEntries([...ids, "password"].map((id) => [id, here]));
}
