import { sql } from "kysely";
import type { OperationKind } from "../../platform/operations/contract.ts";
import type { HubContext } from "../context.ts";
import { thinServers } from "../servers/thin-servers.ts";
import type { HubDb } from "../tables.ts";

const THIN_KIND = "hub.thin";
const BATCH = 5_000;
/** Days that figures by the minute and failures are kept. */
const FIGURES_DAYS = 8;
const FAILURES_DAYS = 30;

/** Nightly: figures of calls, failures and ended named servers that nobody looks at any more go. */
export function thinKind({ db }: Pick<HubContext, "db">): OperationKind {
  return {
    ...{ kind: THIN_KIND, attempts: 3, heartbeatSeconds: 60, expireSeconds: 1_800, concurrency: 1, exclusive: true },
    async run({ signal }) {
      let removed = 0;
      for (let batch = BATCH; batch >= BATCH && !signal.aborted; ) {
        batch = (await thin(db)) + (await thinServers(db, BATCH));
        removed += batch;
      }
      return { removed };
    },
  };
}

/** One batch of each. @returns how many went */
export async function thin(db: HubDb): Promise<number> {
  const figures = await sql`
    delete from hub_calls where ctid = any(array(
      select ctid from hub_calls where minute < now() - make_interval(days => ${FIGURES_DAYS}) limit ${BATCH}))`.execute(
    db,
  );
  const failures = await sql`
    delete from hub_failures where ctid = any(array(
      select ctid from hub_failures where at < now() - make_interval(days => ${FAILURES_DAYS}) limit ${BATCH}))`.execute(
    db,
  );
  return Number((figures.numAffectedRows ?? 0n) + (failures.numAffectedRows ?? 0n));
}

/** In UTC: before the day begins where most of our people are. */
export function scheduleThin({ platform: { operations } }: Pick<HubContext, "platform">): void {
  const subject = { kind: "hub", id: "figures" };
  const actor = { accountId: null, label: "schedule" };
  operations.schedule(THIN_KIND, "52 2 * * *", { kind: THIN_KIND, subject, actor, input: {} });
}
