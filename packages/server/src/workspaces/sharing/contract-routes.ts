import type { FastifyInstance, FastifyPluginAsync, FastifySchemaCompiler } from "fastify";
import { callerOf } from "../caller.ts";
import { acceptAnyAsJson } from "../contract/bodies.ts";
import { createLargeAnswers } from "../contract/large-answers.ts";
import { refused } from "../contract/messages.ts";
import { LIST_BYTES } from "../queries.ts";
import { parseId } from "../workspace-id.ts";
import { acceptShare, endShare } from "./answer-share.ts";
import type { SharingContext } from "./context.ts";
import * as schema from "./contract-schema.ts";
import * as say from "./messages.ts";
import { policies } from "./policy.ts";
import { type Direction, listShares, type ShareFilter, type ShownShare } from "./queries.ts";
import { readAccepted, readShare } from "./read-body.ts";
import { namedReceivers } from "./receivers.ts";
import { requireShareable, shareWorkspace } from "./share-workspace.ts";

type WithId = { Params: { id: string } };

const tags = ["sharing"];
/** The contract has words of its own for what is wrong: its schemas describe, its services check. */
const unchecked: FastifySchemaCompiler<unknown> = () => (value: unknown) => ({ value });

/** Contract 3's calls on `/shared_workspaces/`. */
export function contractRoutes(context: SharingContext): FastifyPluginAsync {
  return async (app) => {
    app.setValidatorCompiler(unchecked);
    acceptAnyAsJson(app);
    reading(app, context);
    creating(app, context);
    accepting(app, context);
    deleting(app, context);
  };
}

function reading(app: FastifyInstance, context: SharingContext): void {
  const largeAnswers = createLargeAnswers();
  const answer = async (accountId: number, filter: ShareFilter | null, admit: (bytes: number) => void) => {
    const read = (direction: Direction) =>
      filter === null ? Promise.resolve([]) : listShares(context.db, accountId, direction, filter);
    const [sent, received] = [await read("sent"), await read("received")];
    admit(bytesOf(sent) + bytesOf(received));
    const data = {
      original_workspaces: await present(context, sent, "sent"),
      shared_workspaces: await present(context, received, "received"),
    };
    const found = sent.length + received.length > 0;
    return { message: found ? say.successful : say.noneFound, success: true, data };
  };
  app.get<{ Querystring: { is_accepted?: string | string[] } }>(
    "/shared_workspaces",
    {
      config: { policy: policies.list },
      schema: {
        tags,
        summary: "List shared workspaces",
        description: "What you share with others, and what others share with you. Always 200.",
        querystring: schema.ShareFilters,
        response: { 200: schema.ShareList },
      },
    },
    async (request, reply) => {
      const { accountId } = callerOf(request);
      const isAccepted = readAccepted(request.query.is_accepted);
      const filter = isAccepted === null ? null : { isAccepted };
      return answer(accountId, filter, (bytes) => largeAnswers.admit(accountId, bytes, reply.raw));
    },
  );
  app.get<WithId>(
    "/shared_workspaces/:id",
    {
      config: { policy: policies.list },
      schema: {
        tags,
        summary: "Read one shared workspace",
        description: "By the shared workspace's own id. Lists of one, or empty ones for what is not yours. Always 200.",
        params: schema.ShareAddress,
        response: { 200: schema.ShareList },
      },
    },
    async (request) => {
      const id = parseId(request.params.id);
      return answer(callerOf(request).accountId, id === null ? null : { id }, () => undefined);
    },
  );
}

async function present(context: SharingContext, shares: readonly ShownShare[], direction: Direction) {
  const ids = new Set(shares.flatMap(({ sender_id, receiver_id }) => [sender_id, receiver_id]));
  const people = ids.size === 0 ? new Map() : await context.accounts.byIds([...ids]);
  return shares.map((share) => schema.presentShare(share, direction, people));
}

function bytesOf(shares: readonly ShownShare[]): number {
  return Math.min(
    LIST_BYTES,
    shares.reduce((sum, { bytes }) => sum + bytes, 0),
  );
}

function creating(app: FastifyInstance, context: SharingContext): void {
  app.post(
    "/shared_workspaces",
    {
      config: { policy: policies.create },
      schema: {
        tags,
        summary: "Share a workspace",
        description:
          "With one person or more: each is offered a copy. Files are copied in the background, without dot files; when they are there the receiver gets an e-mail.",
        body: schema.NewShare,
        response: { 200: schema.NewShares },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const { originalId, shownId, userIds } = readShare(request.body);
      const { id } = await requireShareable(context, caller.accountId, originalId, shownId);
      const receivers = await namedReceivers(context, caller.accountId, userIds);
      const ids = await shareWorkspace(context, caller, id, receivers);
      const sent = await listShares(context.db, caller.accountId, "sent", { ids });
      const data = { shared_workspaces: await present(context, sent, "sent") };
      return { message: say.successful, success: true, data };
    },
  );
}

function accepting(app: FastifyInstance, context: SharingContext): void {
  app.put<WithId>(
    "/shared_workspaces/:id/accept",
    {
      config: { policy: policies.accept },
      schema: {
        tags,
        summary: "Accept a shared workspace",
        description: "For its receiver: it becomes one of their workspaces, made now. Repeated, it changes nothing.",
        params: schema.ShareAddress,
        response: { 200: schema.Done, ...schema.diskFull },
      },
    },
    async (request) => {
      const id = parseId(request.params.id);
      if (id === null) throw say.shareNotFound(request.params.id);
      await acceptShare(context, callerOf(request), id);
      return { message: say.accepted, success: true };
    },
  );
  app.put<{ Params: { id: string; other: string } }>(
    "/shared_workspaces/:id/:other",
    {
      config: { policy: policies.unknownPut },
      schema: {
        tags,
        summary: "Refuse an unknown kind of change",
        description: "Only accept is known.",
        params: schema.PutAddress,
        response: { 400: schema.Refusal },
      },
    },
    async (request) => {
      const id = parseId(request.params.id);
      const found = id === null ? [] : await listShares(context.db, callerOf(request).accountId, "received", { id });
      if (found.length === 0) throw say.shareNotFound(request.params.id);
      throw refused(say.refusals.invalidPutType);
    },
  );
}

function deleting(app: FastifyInstance, context: SharingContext): void {
  app.delete<WithId>(
    "/shared_workspaces/:id",
    {
      config: { policy: policies.delete },
      schema: {
        tags,
        summary: "Cancel or decline a share",
        description: "Its sender cancels, its receiver declines; one that was accepted stays. Queued.",
        params: schema.ShareAddress,
        response: { 200: schema.Done },
      },
    },
    async (request) => {
      const id = parseId(request.params.id);
      if (id === null) throw say.shareNotFound(request.params.id);
      await endShare(context, callerOf(request), id, { side: "either" });
      return { message: say.queuedForDeletion(id), success: true };
    },
  );
}
