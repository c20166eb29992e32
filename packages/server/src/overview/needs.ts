import type { KyselyPlugin } from "kysely";
import { sql } from "kysely";
import type { AskedContext, OverviewContext } from "./context.ts";
import {
  coreHourNeeds,
  failingTypeNeeds,
  hangingNeeds,
  partNeeds,
  peopleNeeds,
  silentHostNeeds,
  storageNeeds,
} from "./domain-needs.ts";
import { inOrder, type Need } from "./need.ts";
import { auditNeeds, diskNeeds, loadNeeds, mailNeeds, operationNeeds, waitingNeeds } from "./platform-needs.ts";
import { shareRuns } from "./shared-run.ts";

type Source = () => Promise<Need[]>;
type Named = readonly [name: string, source: Source];

/** Those that ask the database. */
const asked: Readonly<Record<string, (context: AskedContext) => Promise<Need[]>>> = {
  operations: operationNeeds,
  waiting: waitingNeeds,
  sessions: hangingNeeds,
  hosts: silentHostNeeds,
  job_types: failingTypeNeeds,
  people: peopleNeeds,
  core_hours: coreHourNeeds,
  mails: mailNeeds,
  audit: auditNeeds,
};

/** Those that look at the machine, or at what the server depends on. */
const seen: Readonly<Record<string, (context: OverviewContext) => Promise<Need[]>>> = {
  load: loadNeeds,
  parts: partNeeds,
  disk: diskNeeds,
  storage: storageNeeds,
};

/** Questions to the database at a time: the overview must not take all of the server's connections, least of all slow ones. */
const LANES = 3;
/** Milliseconds that a source may take. */
const PATIENCE_MS = 3_000;

/**
 * Everything that waits for an operator, asked once for all who want to know at the same time. A source that can't be
 * asked is one more thing to look at, not an error; one that has not answered yet is not asked a second time.
 */
export function createNeeds(context: OverviewContext, patienceMs = PATIENCE_MS): () => Promise<Need[]> {
  const ofDatabase = Object.entries(asked).map(
    ([name, source]): Named => [name, () => bounded(context, patienceMs, source)],
  );
  const ofMachine = Object.entries(seen).map(([name, source]): Named => [name, () => source(context)]);
  const unanswered = new Set<string>();

  async function ask(name: string, source: Source): Promise<Need[]> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new Error(`no answer within ${patienceMs / 1_000} s`)), patienceMs);
    try {
      if (unanswered.has(name)) throw new Error("has not answered the question before this one");
      unanswered.add(name);
      const answer = source().finally(() => unanswered.delete(name));
      return await Promise.race([answer, late.promise]);
    } catch (error) {
      context.platform.log.warn({ err: error, source: name }, "the overview could not ask a source");
      const subject = { kind: "source", id: name, label: name };
      return [{ code: "source_failed", tone: "warn", at: new Date(), count: 1, subject, params: { source: name } }];
    } finally {
      clearTimeout(timer);
    }
  }

  return shareRuns(async () => {
    const queue = [...ofDatabase];
    const lane = async (): Promise<Need[]> => {
      const needs: Need[] = [];
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) needs.push(...(await ask(...next)));
      return needs;
    };
    const lanes = Array.from({ length: LANES }, lane);
    return inOrder((await Promise.all([...lanes, ...ofMachine.map((one) => ask(...one))])).flat());
  });
}

/**
 * In a transaction whose statements PostgreSQL itself ends when the time is over: nobody waits for them any more, and
 * on a database that is slow already they would pile up.
 */
function bounded(
  context: OverviewContext,
  patienceMs: number,
  source: (context: AskedContext) => Promise<Need[]>,
): Promise<Need[]> {
  const until = performance.now() + patienceMs;
  return context.platform.db
    .transaction()
    .setAccessMode("read only")
    .execute(async (trx) => {
      const allowWhatIsLeft = async () => {
        // None at all would be no limit.
        const left = Math.max(1, Math.ceil(until - performance.now()));
        await sql`select set_config('statement_timeout', ${String(left)}, true)`.execute(trx);
      };
      await allowWhatIsLeft();
      return source({ ...context, db: trx.withPlugin(noStatementAfter(until, allowWhatIsLeft)) });
    });
}

/**
 * Of several statements, one after the other, or after a wait for a connection: none is begun that would be too late,
 * and each has what the one before it left.
 */
function noStatementAfter(until: number, allowWhatIsLeft: () => Promise<void>): KyselyPlugin {
  return {
    transformQuery({ node }) {
      if (performance.now() > until) throw new Error("the time for its statements is over");
      return node;
    },
    async transformResult({ result }) {
      await allowWhatIsLeft();
      return result;
    },
  };
}
