import { createHash } from "node:crypto";
import { type ComingExecution, createExecutionImport, isErased } from "@stoa/server/activity/import-executions.ts";
import { StartError } from "@stoa/server/platform/errors/start-error.ts";
import type { LogReading } from "@stoa/server/platform/imports/imported-log.ts";
import type { Ground } from "../ground.ts";
import type { LogField } from "../mapping/fields.ts";
import type { LogPeople } from "../mapping/log-people.ts";
import type { TableMapping } from "../mapping/map-columns.ts";
import { shown } from "../shown.ts";
import { createOldLog, type OldKey } from "../source/old-log.ts";
import type { OldRow } from "../source/old-portal.ts";
import { countOf, flagOf, millisecondsOf, textOf } from "../source/values.ts";
import type { KnownPerson } from "./people.ts";

/** Keys that are looked at together, and executions that come in one transaction. */
const KEYS = 5_000;
const ROWS = 500;
/** Bytes of texts that are held together; a longer one comes by itself. */
const BYTES = 16 * 1024 * 1024;

interface WhoRan {
  readonly by: LogPeople;
  readonly reading: LogReading;
  /** By what the log knows them. */
  readonly who: ReadonlyMap<string, KnownPerson>;
}

/**
 * Brings the executions of people who are here, a transaction for every five hundred. What came before is found by its
 * key and not read again, so that a run that was killed goes on where it ended.
 * @returns how many came
 */
export async function bringLog(
  ground: Ground,
  mapping: TableMapping<LogField>,
  { by, reading, who }: WhoRan,
): Promise<number> {
  const { portal, timeZone, source } = ground;
  const log = createOldLog(portal, mapping, { by, timeZone });
  const target = createExecutionImport(ground.platform);
  let [looked, came] = [0, 0];
  for await (const page of log.pages(KEYS)) {
    const erased = await target.erased(source);
    const coming = page
      .flatMap((key) => comingOf(ground, key, who))
      .filter(({ accountId, at }) => !isErased(erased.get(accountId), at));
    const known = await target.known(coming);
    for (const part of partsOf(coming.filter(({ id }) => !known.has(id)))) {
      const rows = rowsOf(await log.whole(part.map(({ key }) => key.id)));
      came += await target.take(
        part.flatMap((one) => executionOf(one, rows.get(nameOf(one.key)))),
        { source, by: ground.by, reading },
      );
      ground.say(`${came} executions came …`);
    }
    looked += page.length;
    if (looked % (20 * KEYS) === 0) ground.say(`${looked} executions looked at …`);
  }
  return came;
}

/** A row is the one that is meant by its id and its person. @throws StartError where two are */
function rowsOf(rows: readonly OldRow[]): ReadonlyMap<string, OldRow> {
  const found = new Map<string, OldRow>();
  for (const row of rows) {
    const name = nameOf({ id: String(row.id), who: textOf(row, "who") });
    if (found.has(name)) {
      throw new StartError(
        `Two executions there have the id ${shown(String(row.id))} by now.`,
        "Stop the old portal, so that nothing is written behind the import, and give it again.",
      );
    }
    found.set(name, row);
  }
  return found;
}

function nameOf({ id, who }: Pick<OldKey, "id" | "who">): string {
  return JSON.stringify([id, who]);
}

interface Coming {
  readonly key: OldKey;
  /** The same for this row whenever it is read. */
  readonly id: string;
  readonly accountId: number;
  readonly timestamp: string;
  readonly at: Date;
  readonly size: number;
}

function comingOf({ bounds, source }: Ground, key: OldKey, who: ReadonlyMap<string, KnownPerson>): Coming[] {
  const person = who.get(key.who);
  const at = /^\d{4}-/.test(key.time) ? new Date(`${key.time.replace(" ", "T")}Z`) : null;
  if (person === undefined || at === null || Number.isNaN(at.getTime())) return [];
  if (at < (bounds.oldest ?? bounds.earliest) || at < bounds.earliest || at > bounds.latest) return [];
  const id = uuidOf(source, key.id);
  return [{ key, id, accountId: person.id, timestamp: key.time, at, size: key.size }];
}

/** A UUID of version 8: ours, of the source's name and the row's id there. */
function uuidOf(source: string, id: string): string {
  const hex = createHash("sha256")
    .update(JSON.stringify([source, "execution", id]))
    .digest("hex");
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return parts.join("-");
}

function* partsOf(list: readonly Coming[]): Generator<readonly Coming[]> {
  let part: Coming[] = [];
  let bytes = 0;
  for (const one of list) {
    if (part.length > 0 && (part.length >= ROWS || bytes + one.size > BYTES)) {
      yield part;
      [part, bytes] = [[], 0];
    }
    part.push(one);
    bytes += one.size;
  }
  if (part.length > 0) yield part;
}

/** Nothing for a row that the old portal has taken away meanwhile. */
function executionOf({ id, accountId, timestamp }: Coming, row: OldRow | undefined): ComingExecution[] {
  if (row === undefined) return [];
  const error = row.error_message === null ? null : textOf(row, "error_message") || null;
  return [
    {
      id,
      accountId,
      timestamp,
      cellNumber: countOf(row, "cell_number"),
      code: textOf(row, "code"),
      milliseconds: millisecondsOf(row, "took"),
      failed: hasFailed(row, error),
      error,
    },
  ];
}

/** By its status where that says it, else by whether there was a message. */
function hasFailed(row: OldRow, error: string | null): boolean {
  const success = flagOf(row, "success");
  if (success !== null) return !success;
  const status = textOf(row, "status").trim().toLowerCase();
  if (/^(success|successful|succeeded|ok|complete|completed|done|finished)$/.test(status)) return false;
  return /^(error|err|failed|failure|fail|exception|timeout|aborted)$/.test(status) || error !== null;
}
