import { Readable } from "node:stream";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { StoaError } from "../errors/stoa-error.ts";
import type { RoutePolicy } from "../http/route-policy.ts";
import type { Platform } from "../platform.ts";
import type { Principal } from "../principal.ts";
import { csvHeader, csvLine } from "./csv.ts";
import { AuditItem, presentEntry } from "./present.ts";
import { type AuditFilters, type AuditViewer, findEntry, listEntries } from "./queries.ts";
import { createVerifications } from "./verifications.ts";
import { Verification } from "./verify-routes.ts";

const filters = {
  action: Type.Optional(Type.String({ maxLength: 100, description: "`workspace.create`." })),
  actor: Type.Optional(Type.String({ maxLength: 200, description: "An account's id, or the actor's name." })),
  subject_kind: Type.Optional(Type.String({ maxLength: 100 })),
  subject_id: Type.Optional(Type.String({ maxLength: 200 })),
  since: Type.Optional(Type.String({ format: "date-time" })),
  until: Type.Optional(Type.String({ format: "date-time", description: "Exclusive." })),
  text: Type.Optional(Type.String({ maxLength: 200, description: "Anywhere in the entry." })),
};
const FilterQuery = Type.Object(filters);
const PageQuery = Type.Object({
  ...filters,
  cursor: Type.Optional(Type.String({ maxLength: 100 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
});
const AuditPage = Type.Object({
  items: Type.Array(AuditItem),
  next_cursor: Type.Unsafe<string | null>({ type: ["string", "null"] }),
});

const access = { scope: "audit:read" } as const;
const tags = ["audit"];
const description =
  "Newest first. People see what they did and what is about them, without others' data; administrators see all.";

/** Who did what. */
export function auditRoutes({ db, log }: Platform): FastifyPluginAsyncTypebox {
  const verifications = createVerifications(db, log);
  return async (app) => {
    app.get(
      "/api/stoa/v1/audit",
      {
        schema: {
          summary: "List audit entries",
          description,
          tags,
          querystring: PageQuery,
          response: { 200: AuditPage },
        },
        config: { policy: { dialect: "stoa", access } satisfies RoutePolicy },
      },
      async (request) => {
        const { cursor, limit = 50, ...query } = request.query;
        const viewer = viewerOf(request.principal as Principal);
        const rows = await listEntries(db, viewer, query, { before: idOfCursor(cursor), limit: limit + 1 });
        const items = rows.slice(0, limit).map((row) => presentEntry(row, viewer));
        const last = rows.length > limit ? items.at(-1) : undefined;
        return { items, next_cursor: last ? `a${last.id}` : null };
      },
    );

    app.get(
      "/api/stoa/v1/audit/:id",
      {
        schema: {
          summary: "Read one audit entry",
          description: "As the list shows it: what is not one's own, or about one, is not there.",
          tags,
          params: Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) }),
          response: { 200: AuditItem },
        },
        config: { policy: { dialect: "stoa", access } satisfies RoutePolicy },
      },
      async (request) => {
        const viewer = viewerOf(request.principal as Principal);
        const row = await findEntry(db, viewer, request.params.id);
        if (row === null) throw new StoaError("not_found", { details: { what: "audit entry" } });
        return presentEntry(row, viewer);
      },
    );

    app.get(
      "/api/stoa/v1/audit.csv",
      {
        schema: {
          summary: "Audit entries as CSV",
          description,
          tags,
          querystring: FilterQuery,
          response: { 200: Type.Unsafe<unknown>({ type: "string", contentMediaType: "text/csv" }) },
        },
        config: { policy: { dialect: "stoa", access } satisfies RoutePolicy },
      },
      async (request, reply) => {
        const lines = await csvOf(db, viewerOf(request.principal as Principal), request.query);
        return reply
          .header("content-type", "text/csv; charset=utf-8; header=present")
          .header("content-disposition", 'attachment; filename="audit.csv"')
          .header("cache-control", "no-store")
          .send(Readable.from(lines));
      },
    );

    app.get(
      "/api/stoa/v1/audit/verification",
      {
        schema: {
          summary: "Whether the audit log is intact",
          description:
            "Checks the chain of hashes, for at most ten seconds; an answer is kept for a minute. `stoa audit verify` checks all of it.",
          tags,
          response: { 200: Verification },
        },
        config: { policy: { dialect: "stoa", access: { ...access, admin: true } } satisfies RoutePolicy },
      },
      async () => {
        const result = await verifications.latest();
        return { ...result, problems: [...result.problems] };
      },
    );
  };
}

function viewerOf(principal: Principal): AuditViewer {
  return principal.isAdmin ? "all" : { accountId: principal.accountId };
}

const CSV_BATCH = 1_000;

/**
 * A batch at a time, as the reader takes it: the whole log may be large. The first is asked for before anything is
 * sent, while what is wrong with the filters can still be said.
 */
async function csvOf(db: Platform["db"], viewer: AuditViewer, query: AuditFilters): Promise<AsyncGenerator<string>> {
  const batch = (before?: number) => listEntries(db, viewer, query, { before, limit: CSV_BATCH });
  const first = await batch();
  return (async function* () {
    yield csvHeader;
    for (let rows = first; ; rows = await batch(rows.at(-1)?.id)) {
      if (rows.length > 0) yield rows.map((row) => csvLine(presentEntry(row, viewer))).join("");
      if (rows.length < CSV_BATCH) return;
    }
  })();
}

function idOfCursor(cursor: string | undefined): number | undefined {
  if (!cursor) return undefined;
  const id = /^a(\d{1,15})$/.exec(cursor)?.[1];
  if (id === undefined) throw new StoaError("invalid", { details: { problem: "the cursor is not one of ours" } });
  return Number(id);
}
