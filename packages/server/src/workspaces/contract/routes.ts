import type {} from "@fastify/swagger";
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest, FastifySchemaCompiler } from "fastify";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { callerOf } from "../caller.ts";
import type { WorkspaceContext } from "../context.ts";
import { createWorkspace, type Repeatable } from "../create-workspace.ts";
import { queueDeletion } from "../delete-workspace.ts";
import { closeRefused } from "../files-api/close-refused.ts";
import { policies } from "../policy.ts";
import { findOwn, findShown, isWritable, LIST_BYTES, listWorkspaces, type ShownWorkspace } from "../queries.ts";
import { refusePendingShare } from "../sharing/pending.ts";
import { requireStorage } from "../storage-room/storage-room.ts";
import { announcedBytes } from "../transfers/request-bytes.ts";
import { updateWorkspace } from "../update-workspace.ts";
import { uploadFiles } from "../upload-files.ts";
import { parseId } from "../workspace-id.ts";
import { acceptAnyAsJson, acceptMultipart, filesOf } from "./bodies.ts";
import { createLargeAnswers } from "./large-answers.ts";
import * as say from "./messages.ts";
import { readCreation, readUpdate } from "./read-body.ts";
import * as schema from "./schema.ts";

type WithId = { Params: { id: string } };

const tags = ["workspaces"];
/** The contract has words of its own for what is wrong: its schemas describe, its services check. */
const unchecked: FastifySchemaCompiler<unknown> = () => (value: unknown) => ({ value });

/** Contract 3's calls on `/workspaces/`, but for the start of a session. */
export function contractRoutes(context: WorkspaceContext): FastifyPluginAsync {
  return async (app) => {
    app.setValidatorCompiler(unchecked);
    acceptAnyAsJson(app);
    reading(app, context);
    creating(app, context);
    changing(app, context);
    deleting(app, context);
    await app.register(uploading(context));
  };
}

function reading(app: FastifyInstance, context: WorkspaceContext): void {
  const largeAnswers = createLargeAnswers();
  app.get<{ Querystring: Record<string, string | string[]> }>(
    "/workspaces",
    {
      config: { policy: policies.list },
      schema: {
        tags,
        summary: "List your workspaces",
        description: "All of them, or those that match the filters exactly. Always 200.",
        querystring: schema.WorkspaceFilters,
        response: { 200: schema.WorkspaceList },
      },
    },
    async (request, reply) => {
      const { name, description, status } = request.query;
      const filters = { name: lastOf(name), description: lastOf(description), status: lastOf(status) };
      const { accountId } = callerOf(request);
      const rows = await listWorkspaces(context.db, accountId, filters);
      largeAnswers.admit(accountId, bytesOf(rows), reply.raw);
      return listing(rows);
    },
  );
  app.get<WithId>(
    "/workspaces/:id",
    {
      config: { policy: policies.list },
      schema: {
        tags,
        summary: "Read one workspace",
        description: "A list of one, or an empty one for what is not yours. Always 200.",
        params: schema.WorkspaceAddress,
        response: { 200: schema.WorkspaceList },
      },
    },
    async (request) => {
      const { accountId } = callerOf(request);
      const id = parseId(request.params.id);
      const row = id === null ? null : await findShown(context.db, accountId, id);
      return listing(row === null ? [] : [row]);
    },
  );
}

function listing(rows: readonly ShownWorkspace[]) {
  const message = rows.length === 0 ? say.noneFound : say.successful;
  return { message, success: true, data: { workspaces: rows.map(schema.presentWorkspace) } };
}

function bytesOf(rows: readonly ShownWorkspace[]): number {
  const names = rows.reduce((sum, row) => sum + row.details_bytes, 0);
  return rows.reduce((sum, row) => sum + row.description.length, Math.min(names, LIST_BYTES));
}

function creating(app: FastifyInstance, context: WorkspaceContext): void {
  app.post(
    "/workspaces",
    {
      config: { policy: policies.create },
      schema: {
        tags,
        summary: "Make a workspace",
        description: "With files, if any are given. With an Idempotency-Key a repeated request makes one only.",
        body: schema.NewWorkspace,
        response: { 200: schema.OneWorkspace, ...schema.diskFull },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const creation = readCreation(request.body, context.jobTypes);
      const row = await say.orNoUser(createWorkspace(context, caller, creation, repeatableOf(request)));
      return { message: say.successful, success: true, data: { workspace: schema.presentWorkspace(row) } };
    },
  );
}

function changing(app: FastifyInstance, context: WorkspaceContext): void {
  app.put<WithId>(
    "/workspaces/:id",
    {
      config: { policy: policies.update },
      schema: {
        tags,
        summary: "Change a workspace",
        description: "What the body names; files of existing names are overwritten.",
        params: schema.WorkspaceAddress,
        body: schema.ChangedWorkspace,
        response: { 200: schema.Done, ...schema.diskFull },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const id = await ownId(context, request);
      const changed = await say.orNoUser(
        updateWorkspace(context, caller, id, readUpdate(request.body, context.jobTypes)),
      );
      if (!changed) throw say.notFoundForUser(id);
      return { message: say.updated, success: true };
    },
  );
  app.put<WithId>(
    "/workspaces/:id/:other",
    {
      config: { policy: policies.unknownPut },
      schema: {
        tags,
        summary: "Refuse an unknown kind of change",
        description: "Only start and upload are known.",
        params: schema.PutAddress,
        response: { 400: schema.Refusal },
      },
    },
    async (request) => {
      await ownId(context, request);
      throw say.refused(say.refusals.invalidPutType);
    },
  );
}

function uploading(context: WorkspaceContext): FastifyPluginAsync {
  return async (app) => {
    await acceptMultipart(app);
    closeRefused(app);
    app.put<WithId>(
      "/workspaces/:id/upload",
      {
        config: { policy: policies.upload },
        schema: {
          tags,
          summary: "Upload files",
          description: "Multipart, one file or more; names may hold folders. All appear at once, or none.",
          consumes: ["multipart/form-data"],
          params: schema.WorkspaceAddress,
          response: { 200: schema.Done, ...schema.diskFull },
        },
      },
      async (request) => {
        const id = await ownId(context, request);
        await requireStorage(context, callerOf(request).accountId, announcedBytes(request));
        const done = await uploadFiles(context, callerOf(request), id, filesOf(request));
        if (done === null) throw say.notFoundForUser(id);
        if (done.count === 0) throw say.refused(say.refusals.noFiles);
        return { message: say.uploaded, success: true };
      },
    );
  };
}

function deleting(app: FastifyInstance, context: WorkspaceContext): void {
  app.delete<WithId>(
    "/workspaces/:id",
    {
      config: { policy: policies.delete },
      schema: {
        tags,
        summary: "Delete a workspace",
        description: "Queued; it goes to the trash, from where it can be restored.",
        params: schema.WorkspaceAddress,
        response: { 200: schema.Done },
      },
    },
    async (request) => {
      const id = parseId(request.params.id);
      if (id === null || !(await queueDeletion(context, callerOf(request), id))) {
        throw say.notFoundForUser(request.params.id);
      }
      return { message: say.queuedForDeletion(id), success: true };
    },
  );
}

/** The id in the address, of a workspace that can be changed; the contract looks for it before it reads a body. */
async function ownId(context: WorkspaceContext, request: FastifyRequest<WithId>): Promise<number> {
  const id = parseId(request.params.id);
  const { accountId } = callerOf(request);
  const row = id === null ? null : await findOwn(context.db, accountId, id);
  if (isWritable(row)) return row.id;
  await refusePendingShare(context.db, accountId, id);
  throw say.notFoundForUser(request.params.id);
}

function repeatableOf(request: FastifyRequest): Repeatable | null {
  const key = request.headers["idempotency-key"];
  if (key === undefined) return null;
  if (typeof key !== "string" || key === "" || key.length > 255) {
    throw new StoaError("invalid", { details: { problem: "an Idempotency-Key has 1 to 255 characters" } });
  }
  return { key, body: request.body };
}

/** Of a filter given twice, the last counts. */
function lastOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.at(-1) : value;
}
