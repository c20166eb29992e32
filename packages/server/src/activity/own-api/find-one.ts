import { StoaError } from "../../platform/errors/stoa-error.ts";
import { readPlace } from "../search/place.ts";
import { type Execution, executionsAt } from "../search/queries.ts";
import type { ActivityDb } from "../tables.ts";

/** @param accountId whose it has to be; null: anybody's. @throws StoaError not_found */
export async function findOne(db: ActivityDb, id: string, accountId: number | null): Promise<Execution> {
  const place = readPlace(id);
  const [row] = place === null ? [] : await executionsAt(db, [place]);
  if (row !== undefined && (accountId === null || row.account_id === accountId)) return row;
  throw new StoaError("not_found", { details: { what: "such execution" } });
}
