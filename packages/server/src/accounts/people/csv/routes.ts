import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import type { Locale } from "../../../platform/http/messages.ts";
import type { RoutePolicy } from "../../../platform/http/route-policy.ts";
import { actorOf } from "../../actor.ts";
import type { AccountsServices } from "../../services.ts";
import { type CheckedFile, checkPeople, type PersonOfFile } from "./check-people.ts";
import { IMPORT_KIND, importTally, queueImport } from "./make-people.ts";
import { type CsvProblem, MOST_TOLD } from "./problems.ts";
import { COLUMNS, MOST_LINES } from "./read-csv.ts";
import { csvRefusal } from "./refusals.ts";

/** Never by a token: whoever found it could let in whom they like, all at once. */
const access = { scope: "people:write", admin: true, signIn: true } as const;
const tags = ["people"];
/** Of a request, in bytes: 5,000 long lines. */
const BODY_LIMIT = 4 * 2 ** 20;

const Csv = Type.String({
  maxLength: BODY_LIMIT,
  description: `CSV in UTF-8, with commas, semicolons or tabs. The first line names the columns, in any order: ${COLUMNS.join(", ")}; the first three are needed. Several groups stand in one field, by name, with | or ; between them. The role is person or empty: a file makes no administrators; a language en or fa, or English or Persian, in either language.`,
});
const Problem = Type.Object({
  line: Type.Integer({ description: "Of the file, from 1." }),
  column: Type.Union([Type.String(), Type.Null()]),
  value: Type.Union([Type.String(), Type.Null()]),
  reason: Type.String(),
  message: Type.String({ description: "In the language of the request." }),
});
/** Of those who can be added so many are told. */
const MOST_SHOWN = 50;
const Readable = Type.Object({
  line: Type.Integer({ description: "Of the file, from 1." }),
  username: Type.String(),
  full_name: Type.String(),
  email: Type.String(),
  groups: Type.Array(Type.String(), { description: "As they are called here." }),
});
const Checked = Type.Object({
  total: Type.Integer({ description: "People in the file." }),
  good: Type.Integer({ description: "Those who can be added." }),
  people: Type.Array(Readable, { description: `The first ${MOST_SHOWN} of them, as they were read.` }),
  existing: Type.Integer({ description: "Those who have an active account by this name and proven address already." }),
  wrong: Type.Integer({ description: "What is wrong, each thing counted." }),
  problems: Type.Array(Problem, { description: `The first ${MOST_TOLD}, in the order of the file.` }),
  mails: Type.Boolean({ description: "Whether each gets the link by mail; else make one on the person's page." }),
});
const Queued = Type.Object({
  operation_id: Type.String(),
  count: Type.Integer({ description: "People who are being added." }),
  skipped: Type.Integer({ description: "Those left out because they have an account." }),
});
const Result = Type.Object({
  operation_id: Type.String(),
  state: Type.String({ description: "The operation's." }),
  total: Type.Integer(),
  made: Type.Integer(),
  refused: Type.Integer(),
  refusals: Type.Array(Type.Object({ line: Type.Integer(), username: Type.String(), reason: Type.String() }), {
    description: `The first ${MOST_TOLD}: what came between the check and the making.`,
  }),
});

/** People of a file: looked through first, then made by an operation. */
export function importRoutes({ context }: AccountsServices): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      "/api/stoa/v1/people/import/check",
      {
        bodyLimit: BODY_LIMIT,
        schema: {
          summary: "Look through a file of people",
          description: `Says line by line what is wrong; adds nobody. 422 for what is no such file at all, has nobody in it, or more than ${MOST_LINES} people.`,
          tags,
          body: Type.Object({ csv: Csv }, { additionalProperties: false }),
          response: { 200: Checked },
        },
        config: {
          policy: { dialect: "stoa", access, auditExempt: "it reads a file and changes nothing" } satisfies RoutePolicy,
        },
      },
      async ({ body, locale }) => {
        const { total, people, groupNames, existing, wrong, problems } = await checkPeople(context, body.csv);
        return {
          total,
          good: people.length,
          people: people.slice(0, MOST_SHOWN).map((person) => presentReadable(person, groupNames)),
          existing,
          wrong,
          problems: problems.map((problem) => presentProblem(problem, locale)),
          mails: context.platform.mail.delivers,
        };
      },
    );

    app.post(
      "/api/stoa/v1/people/import",
      {
        bodyLimit: BODY_LIMIT,
        schema: {
          summary: "Add the people of a file",
          description: `As "Make a person's account" does, with groups, and never an administrator; ${MOST_LINES} at most, by an operation, each whole or not at all. 422 when anything is wrong with the file: then nobody is added. The same file may be sent again with existing: skip. Never by a personal access token.`,
          tags,
          body: Type.Object(
            {
              csv: Csv,
              existing: Type.Optional(
                Type.Union([Type.Literal("refuse"), Type.Literal("skip")], {
                  default: "refuse",
                  description: "Whoever has an account by this name and address already is wrong, or left out.",
                }),
              ),
            },
            { additionalProperties: false },
          ),
          response: { 202: Queued },
        },
        config: { policy: { dialect: "stoa", access, audit: "operation.enqueue" } satisfies RoutePolicy },
      },
      async (request, reply) => {
        const { csv, existing } = request.body;
        const wanted = { csv, skipsExisting: existing === "skip" };
        const { id, count, skipped } = await queueImport(context, wanted, actorOf(request));
        return reply.code(202).send({ operation_id: id, count, skipped });
      },
    );

    app.get(
      "/api/stoa/v1/people/import/:id",
      {
        schema: {
          summary: "How an import of people went",
          description: "Also while it goes on.",
          tags,
          params: Type.Object({ id: Type.String({ format: "uuid" }) }),
          response: { 200: Result },
        },
        config: {
          policy: { dialect: "stoa", access: { scope: "people:read", admin: true } } satisfies RoutePolicy,
        },
      },
      async ({ params: { id } }) => {
        const operation = await context.platform.operations.get(id);
        if (operation?.kind !== IMPORT_KIND) throw csvRefusal("no_such_import");
        const { total, made, refused } = await importTally(context, id);
        return { operation_id: id, state: operation.state, total, made, refused, refusals: await refusals(id) };
      },
    );
  };

  async function refusals(id: string) {
    const rows = await context.db
      .selectFrom("people_imports")
      .select(["line", "username", "reason"])
      .where("operation_id", "=", id)
      .where("outcome", "=", "refused")
      .orderBy("line")
      .limit(MOST_TOLD)
      .execute();
    return rows.map(({ line, username, reason }) => ({ line, username, reason: reason ?? "" }));
  }
}

function presentReadable(person: PersonOfFile, names: CheckedFile["groupNames"]) {
  const { line, username, full_name, email, group_ids: groupIds } = person;
  return { line, username, full_name, email, groups: groupIds.map((id) => names.get(id) ?? "") };
}

function presentProblem({ line, column, value, refusal }: CsvProblem, locale: Locale) {
  const { message } = refusal.inLocale(locale);
  return { line, column, value, reason: String(refusal.details.reason), message };
}
