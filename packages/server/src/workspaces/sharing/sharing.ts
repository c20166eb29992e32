import type { FastifyPluginAsync } from "fastify";
import type { SharingContext } from "./context.ts";
import { contractRoutes } from "./contract-routes.ts";
import { copyKind } from "./copy-share.ts";
import { ownRoutes } from "./own-routes.ts";
import { removeKind } from "./remove-share.ts";

export type { LastJob, SharingAccounts } from "./context.ts";

/** Contract 3's `/shared_workspaces/` and our own API around it; what copies and removes the files. */
export function createSharing(context: SharingContext): { readonly routes: FastifyPluginAsync } {
  context.operations.register(copyKind(context));
  context.operations.register(removeKind(context));
  return {
    routes: async (app) => {
      await app.register(contractRoutes(context));
      await app.register(ownRoutes(context));
    },
  };
}
