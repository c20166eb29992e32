import type { FastifyRequest } from "fastify";
import { entryBy } from "../../platform/audit/entry-by.ts";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { createFollowed } from "../../platform/events/followed.ts";
import type { Hold } from "../../platform/http/guard.ts";
import { type AnnouncementsContext, MAINTENANCE_CHANGED } from "../context.ts";
import type { AnnouncementsTrx, MaintenanceRow } from "../tables.ts";
import { holdWrite } from "./hold.ts";
import { phaseOf } from "./phase.ts";

export interface WantedMaintenance {
  readonly message: string;
  readonly messageFa: string;
  /** Null: now. */
  readonly startsAt: Date | null;
  /** Null: until somebody ends it. */
  readonly endsAt: Date | null;
  /** Of what it was planned on; 0: there never was one. */
  readonly version: number;
}

/** Times in which nobody but administrators changes anything, while what runs goes on. */
export interface Maintenance {
  /** The one that is on or planned, or the last there was; null: there never was one. */
  current(): MaintenanceRow | null;
  /** @throws StoaError while it is on and the write is not an administrator's */
  readonly hold: Hold;
  /**
   * Begins or plans one, in the place of what was planned. Held on this server at once, within a second on others.
   * @throws StoaError conflict (changed meanwhile), unprocessable (it would end before it begins)
   */
  plan(wanted: WantedMaintenance, request: FastifyRequest): Promise<void>;
  /** Ends it, or calls it off. @throws StoaError conflict (changed meanwhile, or there is none) */
  end(version: number, request: FastifyRequest): Promise<void>;
  start(): Promise<void>;
  stop(): void;
}

export function createMaintenance(context: AnnouncementsContext): Maintenance {
  const { platform, db } = context;
  const { events, audit, log } = platform;
  const followed = createFollowed<MaintenanceRow | null>({
    events,
    log,
    type: MAINTENANCE_CHANGED,
    initial: null,
    read: async () => (await db.selectFrom("maintenance").selectAll().executeTakeFirst()) ?? null,
  });

  async function change(
    version: number,
    request: FastifyRequest,
    action: "maintenance.plan" | "maintenance.end",
    work: (trx: AnnouncementsTrx, before: MaintenanceRow | null) => Promise<Record<string, unknown>>,
  ): Promise<void> {
    await db.transaction().execute(async (trx) => {
      const before = (await trx.selectFrom("maintenance").selectAll().forUpdate().executeTakeFirst()) ?? null;
      if ((before?.version ?? 0) !== version) throw changedMeanwhile();
      const details = await work(trx, before);
      const subject = { kind: "maintenance", id: "all" };
      await audit.record(trx, { ...entryBy(request), action, subject, about: [], details });
      await events.publish(trx, { type: MAINTENANCE_CHANGED, subject, audience: "everyone", data: {} });
    });
    await followed.refresh();
  }

  return {
    current: () => followed.current(),
    hold(asked) {
      const row = followed.current();
      const now = new Date();
      if (row !== null && phaseOf(row, now) === "on") holdWrite(row, asked, now);
    },
    async plan({ message, messageFa, startsAt, endsAt, version }, request) {
      const starts_at = startsAt ?? new Date();
      if (endsAt !== null && endsAt <= new Date(Math.max(starts_at.getTime(), Date.now()))) throw endsTooEarly();
      await change(version, request, "maintenance.plan", async (trx, before) => {
        const values = {
          message,
          message_fa: messageFa,
          starts_at,
          ends_at: endsAt,
          over: false,
          version: (before?.version ?? 0) + 1,
          changed_by: request.principal?.accountId ?? null,
          changed_at: new Date(),
        };
        const written = await trx
          .insertInto("maintenance")
          .values(values)
          .onConflict((conflict) =>
            conflict
              .column("single")
              .doUpdateSet(values)
              .where("maintenance.version", "=", before?.version ?? 0),
          )
          .returning("version")
          .executeTakeFirst();
        // Two firsts at once: the second finds a row that it did not see.
        if (written === undefined) throw changedMeanwhile();
        return { message, starts_at: starts_at.toISOString(), ends_at: endsAt?.toISOString() ?? null };
      });
    },
    end: (version, request) =>
      change(version, request, "maintenance.end", async (trx, before) => {
        const phase = phaseOf(before, new Date());
        if (phase === "none")
          throw new StoaError("conflict", { details: { problem: "There is no maintenance to end" } });
        const changes = {
          over: true,
          version: version + 1,
          changed_by: request.principal?.accountId ?? null,
          changed_at: new Date(),
        };
        await trx.updateTable("maintenance").set(changes).execute();
        return { was: phase };
      }),
    start: () => followed.start(),
    stop: () => followed.stop(),
  };
}

function changedMeanwhile(): StoaError {
  const problem = "Somebody else changed the maintenance meanwhile. Look at what it is now, and change it again";
  return new StoaError("conflict", { details: { problem, reason: "maintenance_changed" } });
}

function endsTooEarly(): StoaError {
  const problem = "It has to end after it begins, and after now";
  return new StoaError("unprocessable", { details: { problem, reason: "ends_too_early" } });
}
