import type { FastifyPluginAsync } from "fastify";
import type { WorkspaceContext } from "../context.ts";
import { snapshotRoutes } from "../snapshots/routes.ts";
import { contentRoutes } from "./content-routes.ts";
import { eraseRoutes } from "./erase-routes.ts";
import { folderRoutes } from "./folder-routes.ts";
import { groupLinkRoutes } from "./group-link-routes.ts";
import { moveRoutes } from "./move-routes.ts";
import { searchRoutes } from "./search-routes.ts";
import { textRoutes } from "./text-routes.ts";
import { trashRoutes } from "./trash-routes.ts";

/** Our own API of files, trash and snapshots. */
export function filesRoutes(context: WorkspaceContext): FastifyPluginAsync {
  return async (app) => {
    await app.register(
      async (own) => {
        await own.register(folderRoutes(context));
        await own.register(contentRoutes(context));
        await own.register(groupLinkRoutes(context));
        await own.register(trashRoutes(context));
        await own.register(eraseRoutes(context));
        await own.register(moveRoutes(context));
        await own.register(searchRoutes(context));
        await own.register(textRoutes(context));
        await own.register(snapshotRoutes(context));
      },
      { prefix: "/api/stoa/v1" },
    );
  };
}
