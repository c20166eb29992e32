import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { type Caller, callerOf, type StorageContext } from "../context.ts";
import type { LiesInside } from "../housing/lies-inside.ts";
import { base } from "../own-api/subject-routes.ts";
import { policies } from "../policy.ts";
import type { Doomed, PersonCaller, RescueFiles } from "./rescue-files.ts";
import * as schema from "./rescue-schema.ts";

const tags = ["storage"];

/** The way out of a full storage: what takes the room, and its end. */
export function rescueRoutes(
  context: StorageContext,
  files: RescueFiles,
  liesInside: LiesInside,
): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      `${base}/mine/largest`,
      {
        config: { policy: policies.largestOwn },
        schema: {
          tags,
          summary: "Your largest files and folders",
          description: "Over all your workspaces and your trash, which counts like the rest.",
          querystring: schema.LargestQuery,
          response: { 200: schema.LargestPage },
        },
      },
      async (request) => {
        const { accountId } = person(callerOf(request));
        // As their meter counts, so that the figures add up.
        const by = context.known.ofAccount(accountId)?.used_kind === "quota" ? "taken" : "contents";
        const { items, lookedAt, ...figures } = await files.largest.find(accountId, request.query.limit, by);
        const counts = await liesInside(accountId);
        const kept_by_snapshots =
          context.driver.snapshots !== null && context.platform.config.storage.snapshots.length > 0;
        return {
          items: items.map(schema.presentLarge),
          ...figures,
          counts,
          kept_by_snapshots,
          looked_at: lookedAt.toISOString(),
        };
      },
    );

    app.post(
      `${base}/mine/erase`,
      {
        config: { policy: policies.eraseOwn },
        schema: {
          tags,
          summary: "Delete files of yours for good",
          description:
            "Past the trash, where they would still count, and out of it. It can't be undone. Each item goes or stays by itself; your use is counted anew afterwards.",
          body: schema.EraseBody,
          response: { 202: schema.Erasing },
        },
      },
      async (request, reply) => {
        const asked = request.body.items;
        const erasing = await files.erase(person(callerOf(request)), asked.map(doomedOf));
        const items = asked.map((one, index) => ({
          workspace: "workspace" in one ? one.workspace : null,
          path: "workspace" in one ? one.path : null,
          trash_entry: "trash_entry" in one ? one.trash_entry : null,
          accepted: erasing.items[index]?.accepted === true,
          problem: erasing.items[index]?.problem ?? null,
        }));
        return reply.code(202).send({ operations: [...erasing.operations], items });
      },
    );
  };
}

function doomedOf(one: { workspace: number; path: string } | { trash_entry: number }): Doomed {
  return "workspace" in one ? { workspace: one.workspace, path: one.path } : { trashEntry: one.trash_entry };
}

/** @throws StoaError forbidden for a service's key: it has no files */
function person({ accountId, actor, requestId, address }: Caller): PersonCaller {
  if (accountId === null) throw new StoaError("forbidden", { details: { needs: "a person's account" } });
  return { accountId, actor, requestId, address };
}
