import { unique } from "./ground.ts";
import type { Row } from "./row.ts";
import { NO_ID, workspace } from "./things.ts";

/** The way out of a full storage. */
export const rescueRows: readonly Row[] = [
  {
    route: "GET /api/stoa/v1/storage/mine/largest",
    status: 200,
    others: "without it",
    call: async (ground) => {
      const { id } = await workspace(ground);
      const shows = unique("large");
      const at = `/api/stoa/v1/workspaces/${id}/files/content?path=${shows}`;
      await ground.call(ground.owner.jwt, "PUT", at, "x".repeat(50_000), "text/plain");
      // Nobody has asked for as many before: a look is kept for a minute.
      return { query: "?limit=173", shows };
    },
  },
  {
    route: "POST /api/stoa/v1/storage/mine/erase",
    status: 202,
    others: {
      refused: 404,
      says: () => ({ status: 404, code: "not_found" }),
      absent: { body: { items: [{ workspace: NO_ID, path: "a.txt" }] } },
    },
    call: async (ground) => ({ body: { items: [{ workspace: (await workspace(ground)).id, path: "a.txt" }] } }),
  },
];
