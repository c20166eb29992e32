import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { errorResponse } from "../../platform/http/error-responses.ts";
import type { RoutePolicy } from "../../platform/http/route-policy.ts";
import type { Principal } from "../../platform/principal.ts";
import { actorOf } from "../actor.ts";
import { limitedAttempt } from "../passwords/limited-attempt.ts";
import { PersonParams } from "../people/schema.ts";
import { limitedCode } from "../second-factor/limited-code.ts";
import type { AccountsServices } from "../services.ts";
import { agentOf, clearSessionCookie, refuseOtherPages, setSessionCookie } from "../session-cookie.ts";
import { whoseOf } from "../sign-in/routes.ts";
import { createSessionState, SessionState } from "../sign-in/session-state.ts";
import { beginActing } from "./begin-acting.ts";
import { actedAs } from "./queries.ts";
import { actingRefusal } from "./refusals.ts";
import { clearReturnCookie, keptSignInOf, ownSecretOf, sessionSecretsOf, setReturnCookie } from "./return-cookie.ts";
import { ActAsBody, ActedAsPage, presentActedAs } from "./schema.ts";
import { stopActing } from "./stop-acting.ts";

const Page = Type.Object({
  cursor: Type.Optional(Type.String({ pattern: "^\\d{1,15}$" })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
});

export function impersonationRoutes({ context, webSessions }: AccountsServices): FastifyPluginAsyncTypebox {
  const { config, addresses } = context.platform;
  const stateOf = createSessionState(context);

  return async (app) => {
    app.post(
      "/api/stoa/v1/people/:id/act-as",
      {
        schema: {
          summary: "Act as a person for a while",
          description:
            "With one's own password once more, and a code where there is a second factor. The browser's session becomes one of the person's, for `minutes`; stopping brings the own one back. The person is told who, until when and why. Everything done is audited with both names. Closed meanwhile: whatever belongs to the account (password, e-mail, second factor, tokens, sign-ins, groups, export, deletion). Never as an administrator, never by one who acts already, never by a token.",
          tags: ["people"],
          params: PersonParams,
          body: ActAsBody,
          response: { 200: SessionState },
        },
        config: {
          policy: {
            dialect: "stoa",
            access: { scope: "people:write", admin: true, signIn: true },
            audit: "account.act-as",
          } satisfies RoutePolicy,
        },
      },
      async (request, reply) => {
        const principal = request.principal as Principal;
        const { reason, minutes, current_password: currentPassword, code } = request.body;
        const proof = { currentPassword, code };
        const wanted = { accountId: request.params.id, reason, minutes, proof, agent: agentOf(request) };
        const admin = { id: principal.accountId ?? -1, username: principal.label };
        const work = () => beginActing(context, principal, wanted, actorOf(request));
        const tried = () => limitedCode(app, request, { code, account: admin }, work);
        const acting = await limitedAttempt(app, request, tried);
        const own = ownSecretOf(request, config);
        if (own !== null) {
          setReturnCookie(reply, config, { actingId: acting.sessionId, secret: own }, acting.endsAt);
        }
        setSessionCookie(reply, config, acting.secret);
        reply.header("cache-control", "no-store");
        return stateOf({ accountId: acting.account.id, webSessionId: acting.sessionId }, request.headers);
      },
    );

    app.post(
      "/api/stoa/v1/auth/acting/stop",
      {
        schema: {
          summary: "Stop acting as somebody",
          description:
            "Also for twelve hours after its time is over. The administrator's own sign-in has its place in the browser again, without a password; 410 when that has ended meanwhile, as it does when somebody signs in or out in this browser. Without anything to stop it changes nothing. While somebody is signed in it wants their `X-CSRF-Token`: 403 without.",
          tags: ["people"],
          response: { 200: SessionState, 410: errorResponse("stoa", 410) },
        },
        config: {
          policy: {
            dialect: "stoa",
            access: { public: "the browser's own cookies are the proof, and the acting may be over" },
            audit: "account.act-as-end",
          } satisfies RoutePolicy,
        },
      },
      async (request, reply) => {
        refuseOtherPages(request, addresses);
        reply.header("cache-control", "no-store");
        const asking = request.principal;
        await refuseUnproven(request);
        const kept = keptSignInOf(request, config);
        clearReturnCookie(reply, config);
        // Somebody has signed in here meanwhile: theirs stays.
        if (asking !== null && asking.impersonator === undefined) {
          return stateOf(whoseOf(asking), {});
        }
        const own = await stopActing(context, webSessions, { asking, kept }, actorOf(request));
        if (own === null || kept === null) {
          clearSessionCookie(reply, config);
          throw actingRefusal("nothing_to_return_to");
        }
        setSessionCookie(reply, config, kept.secret);
        return stateOf({ accountId: own.account.id, webSessionId: own.id }, {});
      },
    );

    app.get(
      "/api/stoa/v1/account/acted-as",
      {
        schema: {
          summary: "Which administrators acted as oneself",
          description: "Who, when and why; newest first, for ever.",
          tags: ["accounts"],
          querystring: Page,
          response: { 200: ActedAsPage },
        },
        config: {
          policy: {
            dialect: "stoa",
            access: { scope: "account:read" },
            openWhile: ["deletion"],
          } satisfies RoutePolicy,
        },
      },
      async ({ principal, query }) => page(principal?.accountId ?? -1, query),
    );

    app.get(
      "/api/stoa/v1/people/:id/acted-as",
      {
        schema: {
          summary: "Which administrators acted as a person",
          description: "Who, when and why; newest first, for ever.",
          tags: ["people"],
          params: PersonParams,
          querystring: Page,
          response: { 200: ActedAsPage },
        },
        config: {
          policy: { dialect: "stoa", access: { scope: "people:read", admin: true } } satisfies RoutePolicy,
        },
      },
      async ({ params, query }) => page(params.id, query),
    );
  };

  /**
   * Whoever is signed in here, but did not prove that their page asks, counts as nobody on a public route: not here,
   * where nobody's place is free to take.
   * @throws StoaError csrf
   */
  async function refuseUnproven(request: FastifyRequest): Promise<void> {
    for (const secret of sessionSecretsOf(request, config)) {
      const found = await webSessions.find(secret);
      if (found !== null && found.id !== request.principal?.credential.id) throw new StoaError("csrf");
    }
  }

  async function page(accountId: number, { cursor, limit = 20 }: { cursor?: string; limit?: number }) {
    const rows = await actedAs(context.db, accountId, { before: cursor ? Number(cursor) : null, limit: limit + 1 });
    const items = rows.slice(0, limit);
    return {
      items: items.map(presentActedAs),
      next_cursor: rows.length > limit ? String(items.at(-1)?.id) : null,
    };
  }
}
