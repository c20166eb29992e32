import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { StoaError } from "../errors/stoa-error.ts";
import type { RoutePolicy } from "../http/route-policy.ts";
import type { Platform } from "../platform.ts";
import type { Principal } from "../principal.ts";
import type { OperationTrx } from "./contract.ts";
import { findOperation, listOperations, listSchedules, readHistory, type Viewer } from "./queries.ts";
import {
  cursorOfSeq,
  mayControl,
  OperationDetail,
  OperationItem,
  OperationPage,
  OperationParams,
  OperationsQuery,
  presentOperation,
  presentSchedule,
  SchedulePage,
  seqOfCursor,
} from "./schema.ts";
import type { OperationRow } from "./tables.ts";

const read = { scope: "operations:read" } as const;
const write = { scope: "operations:write" } as const;
const tags = ["operations"];

/** Who one is, for what one may see: one's own and what concerns one; administrators all. */
function viewerOf(principal: Principal, mine = false): Viewer {
  return principal.isAdmin && !mine ? "all" : { accountId: principal.accountId };
}

/** Whose user name or e-mail address that is; null: nobody's. */
type AccountNamed = (login: string) => Promise<number | null>;

/** What goes on in the background: look, cancel, begin anew. */
export function operationRoutes(platform: Platform, accountNamed: AccountNamed): FastifyPluginAsyncTypebox {
  const { db, operations } = platform;

  /** A name, which may be all digits, before an id. Whose another's name or address is administrators alone are told. */
  const idOf = async (person: string, { isAdmin, accountId }: Principal): Promise<number | undefined> => {
    const named = await accountNamed(person);
    if (named !== null && (isAdmin || named === accountId)) return named;
    return /^\d{1,15}$/.test(person) ? Number(person) : undefined;
  };

  const find = async (principal: Principal, id: string): Promise<OperationRow> => {
    const row = await findOperation(db, viewerOf(principal), id);
    if (!row) throw new StoaError("not_found", { details: { what: "operation" } });
    return row;
  };

  /** Does it in a transaction, and answers with the row as it then is. */
  const control = async (request: FastifyRequest, id: string, act: (trx: OperationTrx) => Promise<unknown>) => {
    const principal = request.principal as Principal;
    const row = await find(principal, id);
    if (!mayControl(row, principal)) {
      throw new StoaError("forbidden", { details: { needs: "to be yours, or an administrator" } });
    }
    await db.transaction().execute(act);
    return presentOperation(await find(principal, id), principal);
  };

  return async (app) => {
    app.get(
      "/api/stoa/v1/operations",
      {
        schema: {
          summary: "List operations",
          description: "Newest first: those one started and those that concern one; administrators see all.",
          tags,
          querystring: OperationsQuery,
          response: { 200: OperationPage },
        },
        config: { policy: { dialect: "stoa", access: read } satisfies RoutePolicy },
      },
      async (request) => {
        const { cursor, limit = 50, mine = false, person: whom, ...named } = request.query;
        const principal = request.principal as Principal;
        const page = { before: seqOfCursor(cursor), limit: limit + 1 };
        const person = whom === undefined ? undefined : await idOf(whom, principal);
        // A name that no account has may be a schedule's, or that of somebody who is gone.
        const filters = whom !== undefined && person === undefined ? { ...named, actor: whom } : { ...named, person };
        const rows = await listOperations(db, viewerOf(principal, mine), filters, page);
        const items = rows.slice(0, limit);
        const last = rows.length > limit ? items.at(-1) : undefined;
        return {
          items: items.map((row) => presentOperation(row, principal, person)),
          next_cursor: last ? cursorOfSeq(last.seq) : null,
        };
      },
    );

    app.get(
      "/api/stoa/v1/operations/:id",
      {
        schema: {
          summary: "One operation with its history",
          description: "The history is told as a person would tell it, oldest line first.",
          tags,
          params: OperationParams,
          response: { 200: OperationDetail },
        },
        config: { policy: { dialect: "stoa", access: read } satisfies RoutePolicy },
      },
      async (request) => {
        const principal = request.principal as Principal;
        const row = await find(principal, request.params.id);
        const history = await readHistory(db, row.id);
        return {
          ...presentOperation(row, principal),
          input: principal.isAdmin ? row.input : null,
          history: history.map((line) => ({ ...line, at: line.at.toISOString() })),
        };
      },
    );

    app.post(
      "/api/stoa/v1/operations/:id/cancel",
      {
        schema: {
          summary: "Ask for an operation to be cancelled",
          description: "A waiting one ends at once, a running one as soon as it can; 409 when it can't be cancelled.",
          tags,
          params: OperationParams,
          response: { 200: OperationItem },
        },
        config: { policy: { dialect: "stoa", access: write, audit: "operation.cancel" } satisfies RoutePolicy },
      },
      (request) =>
        control(request, request.params.id, (trx) => operations.requestCancel(trx, request.params.id, byOf(request))),
    );

    app.post(
      "/api/stoa/v1/operations/:id/retry",
      {
        schema: {
          summary: "Begin a failed or cancelled operation anew",
          description: "With all its attempts; 409 when it neither failed nor was cancelled.",
          tags,
          params: OperationParams,
          response: { 200: OperationItem },
        },
        config: { policy: { dialect: "stoa", access: write, audit: "operation.retry" } satisfies RoutePolicy },
      },
      (request) =>
        control(request, request.params.id, (trx) => operations.retry(trx, request.params.id, byOf(request))),
    );

    app.get(
      "/api/stoa/v1/schedules",
      {
        schema: {
          summary: "What is done by the clock",
          description: "All schedules, and when each fires next; for administrators.",
          tags,
          response: { 200: SchedulePage },
        },
        config: { policy: { dialect: "stoa", access: { ...read, admin: true } } satisfies RoutePolicy },
      },
      async () => ({ items: (await listSchedules(db)).map(presentSchedule), next_cursor: null }),
    );
  };
}

/** Who asks, as operations and their audit entries name them. */
export function byOf(request: FastifyRequest) {
  const { accountId, label, credential, impersonator } = request.principal as Principal;
  return {
    accountId,
    label,
    by: impersonator,
    credentialKind: credential.kind,
    credentialId: credential.id,
    requestId: request.id,
    address: request.ip,
  };
}
