import { Readable } from "node:stream";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { entryBy } from "../../platform/audit/entry-by.ts";
import type { RoutePolicy } from "../../platform/http/route-policy.ts";
import { accountOf } from "../account.ts";
import { AccountId } from "../schema.ts";
import type { AccountsServices } from "../services.ts";
import { lastSeen } from "./glance.ts";
import { countStates, type ListedRow, listPeople, type PeopleFilter as Wanted } from "./people-queries.ts";
import { PeopleFilter } from "./schema.ts";

const read = { scope: "people:read", admin: true } as const;
const tags = ["people"];
const Counts = Type.Object({
  all: Type.Integer(),
  this_week: Type.Integer({ description: "Active, here in the last seven days." }),
  earlier: Type.Integer({ description: "Active, here before that." }),
  never: Type.Integer({ description: "Active, never signed in." }),
  pending: Type.Integer(),
  deactivated: Type.Integer(),
  unverified: Type.Integer({ description: "Active, with an address not verified." }),
  leaving: Type.Integer(),
  admins: Type.Integer(),
});
const PAGE = 500;
/** As many as fit into a request of the usual size. */
const MOST_CHOSEN = 100_000;
const csv = Type.Unsafe<unknown>({ type: "string", contentMediaType: "text/csv" });

/** All people in figures, and as a file. */
export function peopleOverviewRoutes({ context }: AccountsServices): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      "/api/stoa/v1/people/counts",
      {
        schema: {
          summary: "Count people",
          description:
            "`this_week`, `earlier`, `never`, `pending` and `deactivated` add up to `all`; the others are of these. Without deleted accounts.",
          tags,
          response: { 200: Counts },
        },
        config: { policy: { dialect: "stoa", access: read } satisfies RoutePolicy },
      },
      async () => countStates(context.db),
    );

    app.get(
      "/api/stoa/v1/people/export",
      {
        schema: {
          summary: "People as CSV",
          description: "Those of the list with the same filter, or those named; oldest first.",
          tags,
          querystring: Type.Object({
            ...PeopleFilter.properties,
            ids: Type.Optional(
              Type.String({
                pattern: "^\\d{1,15}(,\\d{1,15}){0,999}$",
                description: "Only these; more of them by POST.",
              }),
            ),
          }),
          response: { 200: csv },
        },
        config: { policy: { dialect: "stoa", access: read, audit: "people.export" } satisfies RoutePolicy },
      },
      ({ query: { search, state, ids } }, reply) => send(reply, { search, state, ids: ids?.split(",").map(Number) }),
    );

    app.post(
      "/api/stoa/v1/people/export",
      {
        schema: {
          summary: "Chosen people as CSV",
          description: "As the list's file, of those named: more than an address holds. Oldest first.",
          tags,
          body: Type.Object(
            { ids: Type.Array(AccountId, { minItems: 1, maxItems: MOST_CHOSEN }) },
            { additionalProperties: false },
          ),
          response: { 200: csv },
        },
        config: { policy: { dialect: "stoa", access: read, audit: "people.export" } satisfies RoutePolicy },
      },
      ({ body: { ids } }, reply) => send(reply, { ids }),
    );
  };

  async function send(reply: FastifyReply, wanted: Wanted) {
    await recordExport(reply.request, { ...wanted, ids: wanted.ids?.length });
    reply.header("content-type", "text/csv; charset=utf-8");
    reply.header("content-disposition", 'attachment; filename="people.csv"');
    reply.header("cache-control", "no-store");
    return reply.send(Readable.from(linesOf(wanted)));
  }

  /** Names and addresses of everybody leave the server: who took them stays to be seen. */
  async function recordExport(request: FastifyRequest, which: Readonly<Record<string, unknown>>): Promise<void> {
    const { platform } = context;
    const subject = { kind: "people", id: "many" };
    await context.db.transaction().execute((trx) =>
      platform.audit.record(trx, {
        ...entryBy(request),
        action: "people.export",
        subject,
        about: [],
        details: { ...which },
      }),
    );
  }

  async function* linesOf(wanted: Wanted): AsyncGenerator<string> {
    yield `${columns.map(([name]) => name).join(",")}\r\n`;
    for (let after: { key: string; id: number } | undefined; ; ) {
      const page = { sort: "created", descending: false, after, limit: PAGE } as const;
      const rows: ListedRow[] = await listPeople(context.db, wanted, page);
      yield rows.map(lineOf).join("");
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE) return;
      after = { key: last.sort_key, id: last.id };
    }
  }
}

const columns: readonly (readonly [string, (row: ListedRow) => string])[] = [
  ["username", (row) => row.username],
  ["full_name", (row) => row.full_name],
  ["email", (row) => accountOf(row).email],
  ["organization", (row) => row.organization ?? ""],
  ["state", (row) => (row.deleted_at === null ? row.status : "deleted")],
  ["administrator", (row) => (row.is_admin ? "yes" : "no")],
  ["email_verified", (row) => (row.email_verified_at === null ? "no" : "yes")],
  ["second_factor", (row) => (row.second_factor_at === null ? "no" : "yes")],
  ["created_at", (row) => row.created_at.toISOString()],
  ["last_seen", (row) => lastSeen(row)?.toISOString() ?? ""],
];

/** By RFC 4180; what a spreadsheet would take for a formula gets an apostrophe. */
function lineOf(row: ListedRow): string {
  const fields = columns.map(([, value]) => {
    const text = value(row);
    const harmless = /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
    return `"${harmless.replaceAll('"', '""')}"`;
  });
  return `${fields.join(",")}\r\n`;
}
