import type { FastifyPluginAsync } from "fastify";
import type { WorkspaceContext } from "../context.ts";
import { archiveRoutes } from "./archive-routes.ts";
import { SWEEP_KIND, settleUploads, sweepKind } from "./settle-uploads.ts";
import { tusRoutes } from "./tus-routes.ts";
import { unpackKind } from "./unpack-operation.ts";

/** Files in and out in any amount. */
export interface Transfers {
  readonly routes: FastifyPluginAsync;
  /** Settles what a killed server left. Before listening. */
  start(): Promise<void>;
}

export function createTransfers(context: WorkspaceContext): Transfers {
  const { operations } = context;
  operations.register(unpackKind(context));
  operations.register(sweepKind(context));
  operations.schedule(SWEEP_KIND, "41 * * * *", {
    kind: SWEEP_KIND,
    subject: { kind: "workspaces", id: "all" },
    actor: { accountId: null, label: "schedule" },
    input: {},
  });
  return {
    routes: async (app) => {
      await app.register(
        async (own) => {
          await own.register(tusRoutes(context));
          await own.register(archiveRoutes(context));
        },
        { prefix: "/api/stoa/v1" },
      );
    },
    start: () => settleUploads(context),
  };
}
