import type { OverviewContext } from "./context.ts";
import {
  coreHourNeeds,
  failingTypeNeeds,
  hangingNeeds,
  partNeeds,
  peopleNeeds,
  silentHostNeeds,
} from "./domain-needs.ts";
import { inOrder, type Need } from "./need.ts";
import { auditNeeds, diskNeeds, loadNeeds, mailNeeds, operationNeeds, waitingNeeds } from "./platform-needs.ts";

type Source = (context: OverviewContext) => Promise<Need[]>;

const sources: Readonly<Record<string, Source>> = {
  operations: operationNeeds,
  waiting: waitingNeeds,
  sessions: hangingNeeds,
  hosts: silentHostNeeds,
  load: loadNeeds,
  job_types: failingTypeNeeds,
  people: peopleNeeds,
  core_hours: coreHourNeeds,
  parts: partNeeds,
  mails: mailNeeds,
  audit: auditNeeds,
  disk: diskNeeds,
};

/** Milliseconds that a source may take. */
const PATIENCE_MS = 3_000;

/** Everything that waits for an operator. A source that can't be asked is one more thing to look at, not an error. */
export async function readNeeds(context: OverviewContext): Promise<Need[]> {
  const asked = Object.entries(sources).map(([name, source]) => ask(context, name, source));
  return inOrder((await Promise.all(asked)).flat());
}

async function ask(context: OverviewContext, name: string, source: Source): Promise<Need[]> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${PATIENCE_MS / 1_000} s`)), PATIENCE_MS);
  try {
    return await Promise.race([source(context), late.promise]);
  } catch (error) {
    context.platform.log.warn({ err: error, source: name }, "the overview could not ask a source");
    const subject = { kind: "source", id: name, label: name };
    return [{ code: "source_failed", tone: "warn", at: new Date(), count: 1, subject, params: { source: name } }];
  } finally {
    clearTimeout(timer);
  }
}
