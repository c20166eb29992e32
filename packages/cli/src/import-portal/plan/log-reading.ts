import { StartError } from "@stoa/server/platform/errors/start-error.ts";
import type { LogReading } from "@stoa/server/platform/imports/imported-log.ts";
import type { Mapping } from "../mapping/find-mapping.ts";
import type { LogPeople } from "../mapping/log-people.ts";

/** All by which one execution is known: whoever changes one of these reads another history. */
export function readingOf({ log }: Mapping, by: LogPeople, timeZone: string): LogReading {
  const name = (field: "id" | "timestamp" | "user_id" | "username") => log?.columns.get(field)?.name ?? "";
  const zoned = log?.columns.get("timestamp")?.type.includes("with time zone") === true;
  return {
    table: `${log?.relation.schema}.${log?.relation.name}`,
    id: name("id"),
    people: by === "key" ? name("user_id") : name("username") || name("user_id"),
    people_by: by === "key" ? "ids" : "user names",
    timestamp: name("timestamp"),
    time_zone: zoned ? "their own" : timeZone,
  };
}

/** @throws StartError where it is another than the one of what came before: that would count twice */
export function refuseOtherwise(source: string, before: LogReading | null, now: LogReading): void {
  if (before === null || Object.entries(now).every(([key, value]) => before[key] === value)) return;
  throw new StartError(
    `The executions that came from ${source} before were read otherwise: ${words(before)}. Now: ${words(now)}. They would count twice.`,
    "Give the same --log-table, --column and --time-zone as then.",
  );
}

function words({ table, id, people, people_by, timestamp, time_zone }: LogReading): string {
  return `from ${table}, id as ${id}, people by ${people} (${people_by}), timestamp as ${timestamp}, times without a zone as ${time_zone}`;
}
