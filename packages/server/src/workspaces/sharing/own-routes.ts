import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { errorResponse } from "../../platform/http/error-responses.ts";
import { callerOf } from "../caller.ts";
import { requireOwn } from "../files-api/find-workspace.ts";
import { parseId } from "../workspace-id.ts";
import { acceptShare, endShare, type Side } from "./answer-share.ts";
import type { SharingContext } from "./context.ts";
import { pageOfShares, type SharePage } from "./own-queries.ts";
import * as schema from "./own-schema.ts";
import { policies } from "./policy.ts";
import { groupReceivers, MOST_RECEIVERS, namedReceivers, type Receiver } from "./receivers.ts";
import { shareWorkspace } from "./share-workspace.ts";

const tags = ["sharing"];

/** Our own API of shares: who has what, and what waits for an answer. */
export function ownRoutes(context: SharingContext): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(
      async (own) => {
        await own.register(ofWorkspace(context));
        await own.register(reading(context));
        await own.register(answering(context));
      },
      { prefix: "/api/stoa/v1" },
    );
  };
}

function ofWorkspace(context: SharingContext): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/workspaces/:id/shares",
      {
        config: { policy: policies.ownRead },
        schema: {
          tags,
          summary: "See who has what of a workspace",
          description: "Every share of it that you made, newest first, whatever became of it.",
          params: schema.WorkspaceParams,
          querystring: schema.WorkspaceSharesQuery,
          response: { 200: schema.SharePage },
        },
      },
      async (request) => {
        const { id } = await requireOwn(context, callerOf(request).accountId, request.params.id);
        return page(context, request, { direction: "sent", workspaceId: id, ...request.query });
      },
    );
    app.post(
      "/workspaces/:id/shares",
      {
        config: { policy: policies.ownCreate },
        schema: {
          tags,
          summary: "Share a workspace with people or groups",
          description: `Each person gets a copy of their own, once, whether named or in a group of yours; ${MOST_RECEIVERS} at most. A group's members are those of this moment.`,
          params: schema.WorkspaceParams,
          body: schema.NewShares,
          response: { 202: schema.Shares },
        },
      },
      async (request, reply) => {
        const caller = callerOf(request);
        const { id } = await requireOwn(context, caller.accountId, request.params.id);
        const receivers = await receiversOf(context, caller.accountId, request.body);
        const made = await shareWorkspace(context, caller, id, receivers);
        const items = await Promise.all(made.map((share) => one(context, caller.accountId, share)));
        return reply.code(202).send({ items });
      },
    );
  };
}

/** @throws StoaError invalid when nobody is left to share with */
async function receiversOf(
  context: SharingContext,
  senderId: number,
  {
    account_ids = [],
    group_ids = [],
  }: { readonly account_ids?: readonly number[]; readonly group_ids?: readonly number[] },
): Promise<Receiver[]> {
  const receivers = new Map<number, Receiver>();
  const add = (found: readonly Receiver[]) => {
    for (const receiver of found) if (!receivers.has(receiver.id)) receivers.set(receiver.id, receiver);
  };
  add(await namedReceivers(context, senderId, account_ids));
  for (const id of new Set(group_ids)) add(await groupReceivers(context, senderId, id));
  if (receivers.size === 0) throw invalid("there is nobody to share with");
  if (receivers.size > MOST_RECEIVERS)
    throw invalid(`these are ${receivers.size} people, and ${MOST_RECEIVERS} may be`);
  return [...receivers.values()];
}

function reading(context: SharingContext): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/shares",
      {
        config: { policy: policies.ownRead },
        schema: {
          tags,
          summary: "List your shares",
          description: "What others share with you, or what you share with others; newest first.",
          querystring: schema.SharesQuery,
          response: { 200: schema.SharePage },
        },
      },
      async (request) => page(context, request, request.query),
    );
    app.get(
      "/shares/:id",
      {
        config: { policy: policies.ownRead },
        schema: {
          tags,
          summary: "Read one share",
          description: "For its sender and its receiver, with how far the copying is.",
          params: schema.ShareParams,
          response: { 200: schema.Share },
        },
      },
      async (request) => one(context, callerOf(request).accountId, request.params.id),
    );
  };
}

function answering(context: SharingContext): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      "/shares/:id/accept",
      {
        config: { policy: policies.ownAccept },
        schema: {
          tags,
          summary: "Accept a share",
          description: "For its receiver: it becomes one of their workspaces. Repeated, it changes nothing.",
          params: schema.ShareParams,
          response: { 200: schema.Share, 507: errorResponse("stoa", 507) },
        },
      },
      async (request) => {
        const caller = callerOf(request);
        await inOwnWords(() => acceptShare(context, caller, request.params.id));
        return one(context, caller.accountId, request.params.id);
      },
    );
    const end = async (request: FastifyRequest, id: number, side: Side, reason: string | null) => {
      const caller = callerOf(request);
      await inOwnWords(() => endShare(context, caller, id, { side, reason }));
      return one(context, caller.accountId, id);
    };
    app.post(
      "/shares/:id/decline",
      {
        config: { policy: policies.ownEnd },
        schema: {
          tags,
          summary: "Decline a share",
          description: "For its receiver, with a reason for its sender to read, if they like. The copy is removed.",
          params: schema.ShareParams,
          body: schema.Decline,
          response: { 200: schema.Share },
        },
      },
      async (request) => end(request, request.params.id, "receiver", request.body.reason?.trim() || null),
    );
    app.post(
      "/shares/:id/cancel",
      {
        config: { policy: policies.ownEnd },
        schema: {
          tags,
          summary: "Cancel a share",
          description: "For its sender, until it is accepted; also while its files are copied. The copy is removed.",
          params: schema.ShareParams,
          response: { 200: schema.Share },
        },
      },
      async (request) => end(request, request.params.id, "sender", null),
    );
  };
}

/** @throws StoaError invalid for a cursor that is none of ours */
async function page(
  context: SharingContext,
  request: FastifyRequest,
  { cursor, ...wanted }: Omit<SharePage, "accountId" | "before"> & { readonly cursor?: string | undefined },
) {
  const { accountId } = callerOf(request);
  const before = cursor === undefined ? null : parseId(cursor);
  if (cursor !== undefined && before === null) throw invalid("the cursor is not one of ours");
  const rows = await pageOfShares(context.db, { ...wanted, accountId, before, limit: wanted.limit + 1 });
  const shown = rows.slice(0, wanted.limit);
  const people = await context.accounts.byIds(shown.flatMap(({ sender_id, receiver_id }) => [sender_id, receiver_id]));
  const next = rows.length > shown.length ? String(shown.at(-1)?.id) : null;
  return { items: shown.map((row) => schema.presentOwn(row, people, accountId)), next_cursor: next };
}

/** @throws StoaError not_found, the same for another's and for none */
async function one(context: SharingContext, accountId: number, id: number) {
  const [row] = await pageOfShares(context.db, { accountId, direction: "either", id, limit: 1 });
  if (row === undefined) throw noShare();
  const people = await context.accounts.byIds([row.sender_id, row.receiver_id]);
  return schema.presentOwn(row, people, accountId);
}

/** The services refuse in contract 3's words; here one sentence stands for what is not there. */
async function inOwnWords(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof StoaError && error.code === "not_found") throw noShare();
    if (error instanceof StoaError && error.code === "invalid") {
      const problem = "It has been accepted, and is its receiver's own now";
      throw new StoaError("conflict", { details: { problem }, cause: error });
    }
    throw error;
  }
}

function noShare(): StoaError {
  return new StoaError("not_found", { details: { what: "share" } });
}

function invalid(problem: string): StoaError {
  return new StoaError("invalid", { details: { problem } });
}
