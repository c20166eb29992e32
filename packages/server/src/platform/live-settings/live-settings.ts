import type { FastifyRequest } from "fastify";
import { sql } from "kysely";
import type { LiveConfig, Overrides, Problem } from "../../config/schema.ts";
import { entryBy } from "../audit/entry-by.ts";
import type { Trx } from "../database/database.ts";
import { StoaError } from "../errors/stoa-error.ts";
import { createFollowed } from "../events/followed.ts";
import type { Platform } from "../platform.ts";
import type { LiveSettingRow, LiveSettingTables } from "./tables.ts";

/** For everybody: what it changes (who may register, what is shared) pages show to everybody. */
const CHANGED = "settings.changed";

/** One change that is asked for. */
export interface WantedChange {
  readonly name: string;
  /** As it would be written; null: back to the default. */
  readonly value: string | null;
  /** Of what the change was made on; 0: nobody ever changed it. */
  readonly version: number;
}

interface Applied {
  readonly rows: ReadonlyMap<string, LiveSettingRow>;
  readonly leftOut: ReadonlyMap<string, Problem>;
}

/** What administrators change while the server runs. */
export interface LiveSettings {
  /** Those that were ever changed, by name. */
  rows(): ReadonlyMap<string, LiveSettingRow>;
  /** Why one that was chosen does not apply: what was written at the host since then stands against it. */
  leftOut(): ReadonlyMap<string, Problem>;
  /**
   * All or none; seen here at once, and on every other server within a second.
   * @param within what belongs to it, in its transaction
   * @throws StoaError not_found, conflict (fixed at the host, or changed meanwhile) or
   *   unprocessable with what is wrong
   */
  change(wanted: readonly WantedChange[], request: FastifyRequest, within?: (trx: Trx) => Promise<void>): Promise<void>;
  /** Puts into effect what is in the database. Before listening. */
  start(): Promise<void>;
  stop(): void;
}

/** Keeps `live.config`, which the server runs on, at what the database says. */
export function createLiveSettings(
  platform: Pick<Platform, "db" | "events" | "audit" | "log">,
  live: LiveConfig,
): LiveSettings {
  const { events, audit, log } = platform;
  const db = platform.db.withTables<LiveSettingTables>();
  const followed = createFollowed<Applied>({
    events,
    log,
    type: CHANGED,
    initial: { rows: new Map(), leftOut: new Map() },
    async read() {
      const rows = await db.selectFrom("live_settings").selectAll().execute();
      const leftOut = live.apply(overridesOf(rows));
      for (const { where, problem } of new Set(leftOut.values())) {
        log.error({ setting: where }, `what was chosen in the portal does not apply: ${where} ${problem}`);
      }
      return { rows: new Map(rows.map((row) => [row.name, row])), leftOut };
    },
  });

  return {
    rows: () => followed.current().rows,
    leftOut: () => followed.current().leftOut,
    async change(wanted, request, within) {
      for (const { name } of wanted) requireLive(live, name);
      await db.transaction().execute(async (trx) => {
        // One after another: two changes may be dangerous only together. Reading goes on.
        await sql`lock table live_settings in share row exclusive mode`.execute(trx);
        const rows = await trx.selectFrom("live_settings").selectAll().execute();
        const known = new Map(rows.map((row) => [row.name, row]));
        for (const change of wanted) requireSeen(known.get(change.name), change);
        refuseWrong(live, overridesOf(rows), wanted);
        for (const change of wanted) {
          const before = known.get(change.name);
          await write(trx, before, change, request.principal?.accountId ?? null);
          await audit.record(trx, {
            ...entryBy(request),
            action: "settings.change",
            subject: { kind: "setting", id: change.name },
            about: [],
            details: { value: change.value, previous: before?.value ?? null },
          });
        }
        await within?.(trx);
        const subject = { kind: "settings", id: "all" };
        await events.publish(trx, { type: CHANGED, subject, audience: "everyone", data: {} });
      });
      await followed.refresh();
    },
    start: () => followed.start(),
    stop: () => followed.stop(),
  };
}

/** What was chosen, without what went back to its default. */
export function overridesOf(rows: readonly Pick<LiveSettingRow, "name" | "value">[]): Overrides {
  return new Map(rows.flatMap(({ name, value }) => (value === null ? [] : [[name, value] as const])));
}

function requireLive(live: LiveConfig, name: string): void {
  if (!live.isLive(name)) {
    throw new StoaError("not_found", { details: { what: `setting ${name} that can be changed here` } });
  }
  const where = live.config.written[name];
  if (where === undefined) return;
  const problem = `${name} is written at the host (${where}), which wins. Change it there, or remove it there first`;
  throw new StoaError("conflict", { details: { problem, reason: "setting_fixed" } });
}

/** What somebody else changed meanwhile is never overwritten unseen. */
function requireSeen(row: LiveSettingRow | undefined, { name, version }: WantedChange): void {
  if ((row?.version ?? 0) === version) return;
  const problem = `${name} was changed meanwhile. Look at what it is now, and change it again`;
  throw new StoaError("conflict", { details: { problem, reason: "setting_changed", name } });
}

function refuseWrong(live: LiveConfig, before: Overrides, wanted: readonly WantedChange[]): void {
  const overrides = new Map(before);
  for (const { name, value } of wanted) {
    if (value === null) overrides.delete(name);
    else overrides.set(name, value);
  }
  const [first] = live.judge(overrides);
  if (first === undefined) return;
  const typed = wanted.find(({ name }) => name === first.where)?.value ?? null;
  // What was typed is named: a slip is seen at once.
  const what = typed === null ? first.where : `“${shortened(typed)}” can't be ${first.where}: it`;
  const problem = `${what} ${first.problem}. ${first.remedy.replace(/\.$/, "")}`;
  throw new StoaError("unprocessable", { details: { problem, name: first.where } });
}

const shortened = (value: string): string => (value.length > 80 ? `${value.slice(0, 80)}…` : value);

async function write(
  trx: Trx,
  before: LiveSettingRow | undefined,
  { name, value }: WantedChange,
  changedBy: number | null,
): Promise<void> {
  const changes = {
    value,
    previous: before?.value ?? null,
    version: (before?.version ?? 0) + 1,
    changed_by: changedBy,
    changed_at: new Date(),
  };
  await trx
    .withTables<LiveSettingTables>()
    .insertInto("live_settings")
    .values({ name, ...changes })
    .onConflict((conflict) => conflict.column("name").doUpdateSet(changes))
    .execute();
}
