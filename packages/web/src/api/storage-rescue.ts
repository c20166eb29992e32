import { queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";
import type { Operation } from "./types.ts";

const base = "/api/stoa/v1/storage/mine";

/** Something of one's own that takes much room; sizes are bytes, as the quota counts. */
export interface LargeThing {
  /** Null: it lies in the storage, outside workspaces. */
  readonly workspace: { readonly id: number; readonly name: string } | null;
  /** Below its workspace or the storage; empty for a whole workspace in the trash. */
  readonly path: string;
  readonly kind: "file" | "folder" | "workspace";
  readonly bytes: number;
  /** Its number in the trash; null: it isn't there. */
  readonly trash_entry: number | null;
  /** False: no path leads to it. The folder that it lies in can be deleted. */
  readonly openable: boolean;
  readonly download: string | null;
}

export interface LargestThings {
  /** Largest first. */
  readonly items: readonly LargeThing[];
  /** Of all that was looked at, and of that in the trash. */
  readonly bytes: number;
  readonly trashed: number;
  /** False: there is more than is looked through in one go. */
  readonly complete: boolean;
  /** False: workspaces lie apart from the storage and aren't listed, for deleting in them frees nothing of it. */
  readonly counts: boolean;
  /** False: what lies in the storage outside workspaces can't be looked at. */
  readonly storage_read: boolean;
  /** True: what is deleted comes free only once the snapshots that hold it are gone. */
  readonly kept_by_snapshots: boolean;
  readonly looked_at: string;
}

/**
 * Takes seconds: all files are looked at. Not of "storage", whose figures are read anew all the time. Nothing of it is
 * kept: the server keeps it for a minute, and knows when something was deleted, or refused for want of room.
 */
export const largestThingsQuery = queryOptions({
  queryKey: ["largest-things"],
  queryFn: ({ signal }) => call<LargestThings>("GET", `${base}/largest`, { query: { limit: 100 }, signal }),
  staleTime: 0,
  gcTime: 0,
  refetchOnWindowFocus: false,
  refetchOnReconnect: false,
});

/** What came of the order; files go in the background. */
export interface ErasingThings {
  readonly operations: readonly string[];
  /** In the order asked. */
  readonly items: readonly { readonly accepted: boolean; readonly problem: string | null }[];
}

/** Past the trash and out of it: nothing brings it back. At most 200. */
export const eraseThings = (things: readonly LargeThing[]) =>
  call<ErasingThings>("POST", `${base}/erase`, {
    body: {
      items: things.map(({ workspace, path, trash_entry }) => {
        if (trash_entry !== null) return { trash_entry };
        return workspace === null ? { in_storage: path } : { workspace: workspace.id, path };
      }),
    },
  });

/** What carries an order out; of "operations", whose events have it read anew. */
export const erasingQuery = (ids: readonly string[]) =>
  queryOptions({
    queryKey: ["operations", "erasing", ids],
    queryFn: ({ signal }) =>
      Promise.all(
        ids.map((id) => call<Operation>("GET", `/api/stoa/v1/operations/${encodeURIComponent(id)}`, { signal })),
      ),
  });
