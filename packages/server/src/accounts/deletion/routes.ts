import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import type { RoutePolicy } from "../../platform/http/route-policy.ts";
import type { Principal } from "../../platform/principal.ts";
import { accountOf } from "../account.ts";
import { actorOf } from "../actor.ts";
import { limitedAttempt } from "../passwords/limited-attempt.ts";
import { Person, PersonParams, presentPerson } from "../people/schema.ts";
import { Me, presentMe, Time, TypedCode, TypedPassword } from "../schema.ts";
import { limitedCode } from "../second-factor/limited-code.ts";
import type { AccountsServices } from "../services.ts";
import {
  type AskedDeletion,
  askForDeletionOf,
  askForOwnDeletion,
  cancelDeletion,
  type DeletionPlan,
  planDeletion,
} from "./deletion.ts";

const Plan = Type.Object({
  owned: Type.Record(Type.String(), Type.Record(Type.String(), Type.Number()), {
    description: "What would go, by domain: how many, how many bytes.",
  }),
  blocked: Type.Union([Type.Literal("last_admin"), Type.Literal("account_deleted"), Type.Null()], {
    description: "Why it can't be deleted now.",
  }),
  grace_days: Type.Integer(),
  due_at: Type.Union([Time, Type.Null()], { description: "When it will be carried out; null: nobody asked." }),
  by_admin: Type.Boolean({ description: "An administrator asked: only an administrator cancels it." }),
});
const Asked = Type.Object({ due_at: Time, operation_id: Type.String() });

const at = "/api/stoa/v1/account/deletion";
const atPerson = "/api/stoa/v1/people/:id/deletion";
const own = { scope: "account:write", signIn: true } as const;
const admin = { scope: "people:write", admin: true, signIn: true } as const;

export function deletionRoutes({ context, parts }: AccountsServices): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      at,
      {
        schema: {
          summary: "What deleting one's account would remove",
          description: "A dry run: what one owns, by domain, and what stands in the way. Nothing changes.",
          tags: ["accounts"],
          response: { 200: Plan },
        },
        config: {
          policy: {
            dialect: "stoa",
            access: { scope: "account:read" },
            openWhile: ["deletion"],
          } satisfies RoutePolicy,
        },
      },
      async ({ principal }) => presentPlan(await planDeletion(context, parts, principal?.accountId ?? -1)),
    );

    app.post(
      at,
      {
        schema: {
          summary: "Ask for the deletion of one's account",
          description:
            "With the password, and a code where there is a second factor. It is carried out after STOA_DELETION_GRACE_DAYS; until then one can only look, export, and cancel. Sessions are stopped, workspaces go to the trash and are erased after its retention, every token ends, the profile is anonymised. The user name is never given to anybody else. The last active administrator can't be deleted: 409.",
          tags: ["accounts"],
          body: Type.Object({ current_password: TypedPassword, code: Type.Optional(TypedCode) }),
          response: { 202: Asked },
        },
        config: { policy: { dialect: "stoa", access: own, audit: "account.delete-request" } satisfies RoutePolicy },
      },
      async (request, reply) => {
        const principal = request.principal as Principal;
        const { current_password: currentPassword, code } = request.body;
        const account = { id: principal.accountId ?? -1, username: principal.label };
        const work = () => askForOwnDeletion(context, principal, { currentPassword, code }, actorOf(request));
        const asked = await limitedAttempt(app, request, () => limitedCode(app, request, { code, account }, work));
        return reply.code(202).send(presentAsked(asked));
      },
    );

    app.post(
      `${at}/cancel`,
      {
        schema: {
          summary: "Keep one's account after all",
          description: "Until the deletion has begun, and unless an administrator asked for it.",
          tags: ["accounts"],
          response: { 200: Me },
        },
        config: {
          policy: {
            dialect: "stoa",
            access: own,
            audit: "account.delete-cancel",
            openWhile: ["deletion"],
          } satisfies RoutePolicy,
        },
      },
      async (request) => {
        const id = request.principal?.accountId ?? -1;
        return presentMe(accountOf(await cancelDeletion(context, id, "person", actorOf(request))));
      },
    );

    app.get(
      atPerson,
      {
        schema: {
          summary: "What deleting a person's account would remove",
          description: "A dry run, for administrators.",
          tags: ["people"],
          params: PersonParams,
          response: { 200: Plan },
        },
        config: { policy: { dialect: "stoa", access: { scope: "people:read", admin: true } } satisfies RoutePolicy },
      },
      async ({ params }) => presentPlan(await planDeletion(context, parts, params.id)),
    );

    app.post(
      atPerson,
      {
        schema: {
          summary: "Ask for the deletion of a person's account",
          description:
            "Carried out after the grace time, in which the person can only look and export, and only an administrator cancels it. One's own is deleted from the account page.",
          tags: ["people"],
          params: PersonParams,
          body: Type.Object({
            grace_days: Type.Optional(Type.Integer({ minimum: 0, maximum: 365, description: "Else as configured." })),
          }),
          response: { 202: Asked },
        },
        config: { policy: { dialect: "stoa", access: admin, audit: "account.delete-request" } satisfies RoutePolicy },
      },
      async (request, reply) => {
        const graceDays = request.body.grace_days ?? null;
        const asked = await askForDeletionOf(context, request.params.id, graceDays, actorOf(request));
        return reply.code(202).send(presentAsked(asked));
      },
    );

    app.post(
      `${atPerson}/cancel`,
      {
        schema: {
          summary: "Keep a person's account after all",
          description: "Until the deletion has begun, whoever asked for it.",
          tags: ["people"],
          params: PersonParams,
          response: { 200: Person },
        },
        config: { policy: { dialect: "stoa", access: admin, audit: "account.delete-cancel" } satisfies RoutePolicy },
      },
      async (request) =>
        presentPerson(accountOf(await cancelDeletion(context, request.params.id, "admin", actorOf(request)))),
    );
  };
}

function presentPlan(plan: DeletionPlan) {
  return {
    owned: plan.owned as Record<string, Record<string, number>>,
    blocked: plan.blocked,
    grace_days: plan.graceDays,
    due_at: plan.dueAt?.toISOString() ?? null,
    by_admin: plan.byAdmin,
  };
}

function presentAsked({ dueAt, operationId }: AskedDeletion) {
  return { due_at: dueAt.toISOString(), operation_id: operationId };
}
