import type { Transaction } from "kysely";
import type { OperationTables } from "./tables.ts";

/** The platform's own lines. `code` and `params` let the portal tell them in another language. */
export const lines = {
  queued: "{actor} asked for this.",
  scheduled: "Due by the schedule {schedule}.",
  started: "Started on {node}.",
  started_again: "Attempt {attempt} started on {node}.",
  retrying: "It did not work: {reason} It is tried again in {seconds} s.",
  succeeded: "Done after {seconds} s.",
  failed: "It failed: {reason}",
  cancel_requested: "{actor} asked to cancel it.",
  cancelled: "It was cancelled.",
  retried: "{actor} asked for another try.",
  released: "The server {node} is stopping. It goes on as soon as a server is free.",
  lost: "The server {node} stopped answering in the middle of it. It is taken up again.",
  lost_for_good: "The server {node} stopped answering in the middle of it, once too often.",
  settling: "Putting things back in order.",
  settling_again: "Putting things back in order did not work: {reason} It is tried again in {seconds} s.",
  unsettled: "Things could not be put back in order: {reason}",
  found: "It had fallen out of the queue, and was put back.",
} as const;

export type HistoryCode = keyof typeof lines;

export interface HistoryLine {
  readonly operationId: string;
  readonly code: HistoryCode | null;
  readonly params: Readonly<Record<string, string | number>> | null;
  readonly text: string;
}

export function line(
  operationId: string,
  code: HistoryCode,
  params: Readonly<Record<string, string | number>> = {},
): HistoryLine {
  const text = lines[code].replace(/\{(\w+)\}/g, (_, key: string) => String(params[key]));
  return { operationId, code, params, text };
}

/** A line of the kind's own. */
export function note(operationId: string, text: string): HistoryLine {
  return { operationId, code: null, params: null, text };
}

export async function writeHistory(trx: Transaction<OperationTables>, all: readonly HistoryLine[]): Promise<void> {
  if (all.length === 0) return;
  await trx
    .insertInto("operation_history")
    .values(
      all.map(({ operationId, code, params, text }) => ({
        operation_id: operationId,
        code,
        params: params && JSON.stringify(params),
        text,
      })),
    )
    .execute();
}
