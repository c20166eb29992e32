import { queryOptions } from "@tanstack/react-query";
import { asApiError } from "./api-error.ts";
import { call } from "./client.ts";
import type { Past } from "./files.ts";
import type { FileEntry } from "./types.ts";

export interface Snapshot {
  readonly name: string;
  readonly created_at: string;
  /** Null: somebody made it, and not the clock. */
  readonly period: "hourly" | "daily" | "weekly" | null;
}

/** Why nothing can be looked back at. `not_inside`: this workspace lies outside of what snapshots are made of. */
export type WhyNot = "not_inside" | "no_snapshots" | "not_browsable" | "away";

export interface Snapshots {
  /** Newest first. */
  readonly items: readonly Snapshot[];
  readonly possible: boolean;
  readonly why_not: WhyNot | null;
}

/**
 * A file as it was, and what has become of it: `gone` where nothing has its name now. A folder that is the same has the
 * same names in it; what is in those isn't compared.
 */
export interface PastEntry extends FileEntry {
  readonly now: "same" | "changed" | "gone";
}

const base = (workspaceId: number) => `/api/stoa/v1/workspaces/${workspaceId}/snapshots`;

/** The moments that a workspace can be looked back at. */
export const snapshotsQuery = (workspaceId: number) =>
  queryOptions({
    queryKey: ["snapshots", workspaceId],
    queryFn: ({ signal }) => call<Snapshots>("GET", base(workspaceId), { signal }),
    // They are made by the hour.
    staleTime: 300_000,
  });

export type OnPlaceTaken = "keep_both" | "replace";

export interface Restored {
  readonly path: string;
  /** Where it is now: a free name where its own was taken. */
  readonly restored_as: string;
}

export interface NotRestored {
  readonly path: string;
  /** Why, in the server's words, and the code of an error like it. */
  readonly problem: string;
  readonly code: string;
}

export interface Restoring {
  readonly restored: readonly Restored[];
  readonly failed: readonly NotRestored[];
}

/** Paths that one call takes. */
const atOnce = 100;

/**
 * Brings files and folders back from a snapshot. What is replaced goes to the trash.
 * @throws ApiError where nothing was brought back; a refusal after that is told of each path that is left
 */
export async function restoreFromSnapshot(
  { workspaceId, at }: Past,
  paths: readonly string[],
  onTaken: OnPlaceTaken,
): Promise<Restoring> {
  const restored: Restored[] = [];
  const failed: NotRestored[] = [];
  for (let from = 0; from < paths.length; from += atOnce) {
    const body = { paths: paths.slice(from, from + atOnce), on_conflict: onTaken };
    const address = `${base(workspaceId)}/${encodeURIComponent(at)}/restore`;
    try {
      const answer = await call<Restoring>("POST", address, { body });
      restored.push(...answer.restored);
      failed.push(...answer.failed);
    } catch (error) {
      if (from === 0) throw error;
      const { message, code } = asApiError(error);
      failed.push(...paths.slice(from).map((path) => ({ path, problem: message, code })));
      break;
    }
  }
  return { restored, failed };
}
