import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import type { RoutePolicy } from "../../platform/http/route-policy.ts";
import type { Principal } from "../../platform/principal.ts";
import { actorOf } from "../actor.ts";
import { needsSecondFactor } from "../limitation.ts";
import { limitedAttempt } from "../passwords/limited-attempt.ts";
import { findAccount } from "../queries.ts";
import { AccountRefusal } from "../refusals.ts";
import { Nothing } from "../schema.ts";
import type { AccountsServices } from "../services.ts";
import { limitedCode } from "./limited-code.ts";
import { recoveryCodesLeft } from "./queries.ts";
import { BeginBody, CodeBody, Enrolment, PersonParams, ProofBody, RecoveryCodes, SecondFactor } from "./schema.ts";
import {
  beginEnrolment,
  confirmEnrolment,
  disableSecondFactor,
  replaceRecoveryCodes,
  resetSecondFactor,
} from "./second-factor.ts";

const tags = ["accounts"];
/** Never by a token that a program keeps: it would be a way to lock its owner out, or to let somebody in. */
const own = { scope: "account:write", signIn: true } as const;
const openWhile = ["second-factor", "deletion"] as const;
const at = "/api/stoa/v1/account/second-factor";

export function secondFactorRoutes({ context }: AccountsServices): FastifyPluginAsyncTypebox {
  const { accounts } = context.platform.config;
  const ownerOf = async ({ principal }: FastifyRequest) => {
    const account = await findAccount(context.db, principal?.accountId ?? -1);
    if (!account) throw new AccountRefusal("no_such_user");
    return account;
  };

  return async (app) => {
    app.get(
      at,
      {
        schema: {
          summary: "One's second factor",
          description: "Whether there is one, whether one is required here, and how many recovery codes are left.",
          tags,
          response: { 200: SecondFactor },
        },
        config: { policy: { dialect: "stoa", access: { scope: "account:read" }, openWhile } satisfies RoutePolicy },
      },
      async (request) => {
        const account = await ownerOf(request);
        return {
          enabled: account.second_factor_at !== null,
          since: account.second_factor_at?.toISOString() ?? null,
          required: needsSecondFactor(account, accounts.secondFactor),
          recovery_codes_left: await recoveryCodesLeft(context.db, account.id),
        };
      },
    );

    app.post(
      at,
      {
        schema: {
          summary: "Begin to set up a second factor",
          description:
            "A new secret for an authenticator app, as text, as an otpauth address and as a QR picture: in this answer only. Nothing changes until a code of it is confirmed.",
          tags,
          body: BeginBody,
          response: { 201: Enrolment },
        },
        config: {
          policy: {
            dialect: "stoa",
            access: own,
            audit: "account.second-factor-begin",
            openWhile: ["second-factor"],
          } satisfies RoutePolicy,
        },
      },
      async (request, reply) => {
        const principal = request.principal as Principal;
        const { current_password: password } = request.body;
        const begun = await limitedAttempt(app, request, () =>
          beginEnrolment(context, principal, password, actorOf(request)),
        );
        reply.header("cache-control", "no-store");
        return reply.code(201).send({ secret: begun.secret, uri: begun.uri, qr_svg: begun.qrSvg });
      },
    );

    app.post(
      `${at}/confirm`,
      {
        schema: {
          summary: "Confirm the second factor by a first code",
          description:
            "From now on sign-in asks for a code. Answers with ten recovery codes, shown here only. Ends every other web session, every access token (one that asks included) and every UWS token. Personal access tokens stay.",
          tags,
          body: CodeBody,
          response: { 200: RecoveryCodes },
        },
        config: {
          policy: {
            dialect: "stoa",
            access: own,
            audit: "account.second-factor-on",
            openWhile: ["second-factor"],
          } satisfies RoutePolicy,
        },
      },
      async (request, reply) => {
        const { code } = request.body;
        const work = () => confirmEnrolment(context, request.principal as Principal, code, actorOf(request));
        const codes = await limitedCode(app, request, { code, account: await ownerOf(request) }, work);
        reply.header("cache-control", "no-store");
        return { recovery_codes: codes };
      },
    );

    app.post(
      `${at}/recovery-codes`,
      {
        schema: {
          summary: "Make new recovery codes",
          description: "Ten new ones, shown in this answer only; the earlier ones are over. Needs password and code.",
          tags,
          body: ProofBody,
          response: { 200: RecoveryCodes },
        },
        config: { policy: { dialect: "stoa", access: own, audit: "account.recovery-codes" } satisfies RoutePolicy },
      },
      async (request, reply) => {
        const { current_password: currentPassword, code } = request.body;
        const proof = { currentPassword, code };
        const work = () => replaceRecoveryCodes(context, request.principal as Principal, proof, actorOf(request));
        const codes = await limitedCode(app, request, { code, account: await ownerOf(request) }, work);
        reply.header("cache-control", "no-store");
        return { recovery_codes: codes };
      },
    );

    app.post(
      `${at}/disable`,
      {
        schema: {
          summary: "Disable the second factor",
          description:
            "Needs the password and a code (a recovery code does). Where one is required, setting up another is then all that is open.",
          tags,
          body: ProofBody,
          response: { 204: Nothing },
        },
        config: {
          policy: { dialect: "stoa", access: own, audit: "account.second-factor-off" } satisfies RoutePolicy,
        },
      },
      async (request, reply) => {
        const { current_password: currentPassword, code } = request.body;
        const proof = { currentPassword, code };
        const work = () => disableSecondFactor(context, request.principal as Principal, proof, actorOf(request));
        await limitedCode(app, request, { code, account: await ownerOf(request) }, work);
        return reply.code(204).send(null);
      },
    );

    app.post(
      "/api/stoa/v1/people/:id/second-factor/reset",
      {
        schema: {
          summary: "Take the second factor off a person's account",
          description:
            "For somebody who lost telephone and recovery codes, and whom the administrator has recognised in another way. Ends all that is open; the person is told by mail. Not for one's own.",
          tags: ["people"],
          params: PersonParams,
          response: { 204: Nothing },
        },
        config: {
          policy: {
            dialect: "stoa",
            access: { scope: "people:write", admin: true, signIn: true },
            audit: "account.second-factor-reset",
          } satisfies RoutePolicy,
        },
      },
      async (request, reply) => {
        await resetSecondFactor(context, request.params.id, actorOf(request));
        return reply.code(204).send(null);
      },
    );
  };
}
