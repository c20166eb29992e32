import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { Static } from "typebox";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { type Caller, callerOf, type StorageContext } from "../context.ts";
import { directoryFor } from "../housing/home-directory.ts";
import type { LiesInside } from "../housing/lies-inside.ts";
import { base } from "../own-api/subject-routes.ts";
import { policies } from "../policy.ts";
import { queueErasure } from "./erase-stored.ts";
import type { Doomed, ErasingForGood, PersonCaller, RescueFiles } from "./rescue-files.ts";
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
          description: "All that counts against your storage's quota: workspaces, trash, and what lies there besides.",
          querystring: schema.LargestQuery,
          response: { 200: schema.LargestPage },
        },
      },
      async (request) => {
        const { accountId } = person(callerOf(request));
        // As their meter counts, so that the figures add up.
        const row = context.known.ofAccount(accountId);
        const by = row?.used_kind === "quota" ? "taken" : "contents";
        const counts = await liesInside(accountId);
        const storage = row === null ? null : await directoryFor(context, row).catch(() => null);
        const where = { by, workspaces: counts, storage } as const;
        const { items, lookedAt, storageRead, ...figures } = await files.largest.find(
          accountId,
          request.query.limit,
          where,
        );
        const kept_by_snapshots =
          context.driver.snapshots !== null && context.platform.config.storage.snapshots.length > 0;
        return {
          items: items.map(schema.presentLarge),
          ...figures,
          counts,
          storage_read: storageRead,
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
        const { operations, told } = await begin(context, files, liesInside, person(callerOf(request)), asked);
        const items = asked.map((one, index) => ({
          workspace: "workspace" in one ? one.workspace : null,
          path: "workspace" in one ? one.path : null,
          trash_entry: "trash_entry" in one ? one.trash_entry : null,
          in_storage: "in_storage" in one ? one.in_storage : null,
          accepted: told[index]?.accepted === true,
          problem: told[index]?.problem ?? null,
        }));
        return reply.code(202).send({ operations, items });
      },
    );
  };
}

type Asked = Static<typeof schema.EraseBody>["items"];
type Told = ErasingForGood["items"][number];

/** Orders for what lies in workspaces and in the trash, and one for what lies in the storage besides. */
async function begin(
  context: StorageContext,
  files: RescueFiles,
  liesInside: LiesInside,
  caller: PersonCaller,
  asked: Asked,
): Promise<{ readonly operations: string[]; readonly told: readonly (Told | undefined)[] }> {
  const isInside = await liesInside(caller.accountId);
  const stored = asked.flatMap((one) => ("in_storage" in one ? [pathOf(files, one.in_storage, isInside)] : []));
  const others = asked.flatMap((one): Doomed[] => {
    if ("in_storage" in one) return [];
    return "workspace" in one ? [one] : [{ trashEntry: one.trash_entry }];
  });
  const row = stored.length === 0 ? null : context.known.ofAccount(caller.accountId);
  const nothing = { operations: [], items: [] };
  const erasing = others.length === 0 ? nothing : await files.erase(caller, others).catch(unless(row !== null, others));
  const operations = [...erasing.operations];
  if (row !== null) operations.push(await queueErasure(context, caller, row, stored));
  if (operations.length === 0) throw new StoaError("not_found", { details: { what: "storage of yours" } });
  const ofStorage: Told = { accepted: row !== null, problem: row === null ? "You have no storage here." : null };
  let at = 0;
  const told = asked.map((one) => {
    if ("in_storage" in one) return ofStorage;
    at += 1;
    return erasing.items[at - 1];
  });
  return { operations, told };
}

/** @throws StoaError invalid: it is nothing of theirs beside their workspaces */
function pathOf(files: RescueFiles, asked: string, isInside: boolean): string {
  const path = files.storedPath(asked);
  if (isInside && path.split("/")[0] === "workspaces") {
    const problem = "your workspaces lie there; name the workspace and the path in it";
    throw new StoaError("invalid", { details: { problem } });
  }
  return path;
}

/** Where there is something else to be deleted, that nothing of these is theirs holds nothing up. */
function unless(isMore: boolean, others: readonly Doomed[]): (error: unknown) => ErasingForGood {
  return (error) => {
    if (!isMore || !(error instanceof StoaError && error.code === "not_found")) throw error;
    return { operations: [], items: others.map(() => ({ accepted: false, problem: error.message })) };
  };
}

/** @throws StoaError forbidden for a service's key: it has no files */
function person({ accountId, actor, requestId, address }: Caller): PersonCaller {
  if (accountId === null) throw new StoaError("forbidden", { details: { needs: "a person's account" } });
  return { accountId, actor, requestId, address };
}
