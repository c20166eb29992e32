import type { FastifyInstance, FastifyPluginAsync, FastifySchemaCompiler } from "fastify";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { errorResponse } from "../../platform/http/error-responses.ts";
import { callerOf, type StorageContext } from "../context.ts";
import { BackEndAway } from "../drivers/contract.ts";
import { nameOf, userNameOf } from "../names.ts";
import { policies } from "../policy.ts";
import { adoptIfThere } from "../subjects/adopt.ts";
import { deleteSubject } from "../subjects/delete.ts";
import { ensureSubject } from "../subjects/ensure.ts";
import type { SubjectKind, SubjectRow } from "../tables.ts";
import { createListText } from "./list-text.ts";
import { readWish } from "./read-body.ts";
import * as schema from "./schema.ts";

type Named = { Params: { name: string } };

const base = "/api/v1";
const tags = ["storage"];
/** The age from which a figure that refuses somebody is looked at again. */
const OLD_MS = 5_000;
/** The contract's refusals have words of their own: its schemas describe, `readWish` and `nameOf` check. */
const unchecked: FastifySchemaCompiler<unknown> = () => (value: unknown) => ({ value });
const full = { 507: errorResponse("storage", 507) };

/**
 * Contract 1: directories of users and groups, with their quotas and usage.
 * @param recount counts one anew in the background, however often it is wanted
 */
export function contractRoutes(context: StorageContext, recount: (id: number) => void): FastifyPluginAsync {
  return async (app) => {
    app.setValidatorCompiler(unchecked);
    kindRoutes(app, { ...context, recount }, "user", "users", "person", userNameOf);
    kindRoutes(app, { ...context, recount }, "group", "groups", "group", nameOf);
    const listText = createListText(context.known);
    app.get(
      `${base}/storages`,
      {
        config: { policy: policies.contractRead },
        schema: {
          tags,
          summary: "List everybody's quota and usage",
          description: "From memory: nothing is counted while you wait.",
          response: { 200: schema.StorageList },
        },
      },
      async (_request, reply) => reply.type("application/json; charset=utf-8").send(await listText()),
    );
  };
}

function kindRoutes(
  app: FastifyInstance,
  context: StorageContext & { recount(id: number): void },
  kind: SubjectKind,
  folder: "users" | "groups",
  who: string,
  readName: (given: string) => string,
): void {
  app.get<Named>(
    `${base}/${folder}/:name`,
    {
      config: { policy: policies.contractRead },
      schema: {
        tags,
        summary: `Read a ${who}'s quota and usage`,
        description: "A directory that is there, whoever made it, is answered with the quota it has.",
        params: schema.Name,
        response: { 200: schema.Storage },
      },
    },
    (request) => {
      const name = readName(request.params.name);
      const known = context.known.find(kind, name);
      if (known !== null && !(known instanceof Promise)) {
        const answer = schema.present(known);
        // Whoever asks may refuse a server for it: those who have tidied up since are not to wait for the next look.
        if (answer.disk_usage > answer.quota && answer.quota > 0 && isOld(known)) context.recount(known.id);
        return answer;
      }
      return orAdopted(known);

      async function orAdopted(asked: typeof known) {
        const row = (await asked) ?? (await sayingWhy(adoptIfThere(context, kind, name)));
        if (row === null) throw new StoaError("not_found", { message: "Not Found" });
        return schema.present(row);
      }
    },
  );
  app.post(
    `${base}/${folder}`,
    {
      config: { policy: policies.contractSet },
      schema: {
        tags,
        summary: `Make a ${who}'s directory, or set its quota`,
        description:
          "Repeating it is an update. A quota left out or 0 leaves an existing one as it is: hooks call this at every spawn. Answers when the directory is there and the quota holds.",
        body: schema.StorageBody,
        response: { 204: schema.Nothing, ...full },
      },
    },
    async (request, reply) => {
      const { name, quota } = readWish(request.body);
      await sayingWhy(ensureSubject(context, callerOf(request), { kind, name: readName(name), quota }));
      return reply.code(204).send(null);
    },
  );
  app.delete<Named>(
    `${base}/${folder}/:name`,
    {
      config: { policy: policies.contractDelete },
      schema: {
        tags,
        summary: `Delete a ${who}'s directory`,
        description:
          "It goes to the trash, whole and at once, and can be brought back for STORAGE_TRASH_RETENTION days.",
        params: schema.Name,
        response: { 204: schema.Nothing, ...full },
      },
    },
    async (request, reply) => {
      await sayingWhy(deleteSubject(context, callerOf(request), kind, readName(request.params.name)));
      return reply.code(204).send(null);
    },
  );
}

function isOld({ used_at: at }: SubjectRow): boolean {
  return at !== null && Date.now() - at.getTime() > OLD_MS;
}

/** Who asks here has the service's key or is an administrator: they are told why storage can't be reached. */
async function sayingWhy<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof StoaError && error.cause instanceof BackEndAway)) throw error;
    const why = error.cause.message.replace(/\.$/, "");
    const message = `storage is not available now: ${why}. Nothing was changed. Try again shortly.`;
    throw new StoaError(error.code, { message, details: error.details, cause: error.cause });
  }
}
