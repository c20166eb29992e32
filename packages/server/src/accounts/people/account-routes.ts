import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import type { RoutePolicy } from "../../platform/http/route-policy.ts";
import type { Principal } from "../../platform/principal.ts";
import { type Account, accountOf } from "../account.ts";
import { actorOf } from "../actor.ts";
import { limitedAttempt } from "../passwords/limited-attempt.ts";
import { findAccount } from "../queries.ts";
import { AccountRefusal } from "../refusals.ts";
import { Me, presentMe, Time } from "../schema.ts";
import type { AccountsServices } from "../services.ts";
import { changeProfile } from "./profile.ts";
import { ProfileChangeBody } from "./schema.ts";

/** Contract 2's. */
const PortalMe = Type.Object({
  username: Type.String(),
  email: Type.String(),
  full_name: Type.String(),
  organization: Type.Union([Type.String(), Type.Null()]),
  created_at: Time,
  last_login: Type.Union([Time, Type.Null()]),
  is_admin: Type.Boolean(),
});

const tags = ["accounts"];

export function accountRoutes({ context }: AccountsServices): FastifyPluginAsyncTypebox {
  async function own(principal: Principal | null): Promise<Account> {
    const account = await findAccount(context.db, principal?.accountId ?? -1);
    if (!account) throw new AccountRefusal("no_such_user");
    return accountOf(account);
  }

  return async (app) => {
    app.get(
      "/api/me",
      {
        schema: {
          summary: "Who I am",
          description: "The account that the credential belongs to.",
          tags,
          response: { 200: PortalMe },
        },
        config: {
          policy: {
            dialect: "portal",
            access: { scope: "account:read" },
            allowWhilePasswordChange: true,
            openWhile: ["second-factor", "deletion"],
          } satisfies RoutePolicy,
        },
      },
      async (request) => {
        const me = presentMe(await own(request.principal));
        const { username, email, full_name, organization, created_at, last_login, is_admin } = me;
        return { username, email, full_name, organization, created_at, last_login, is_admin };
      },
    );

    app.get(
      "/api/stoa/v1/account",
      {
        schema: {
          summary: "One's own account",
          description: "The account that the credential belongs to.",
          tags,
          response: { 200: Me },
        },
        config: {
          policy: {
            dialect: "stoa",
            access: { scope: "account:read" },
            allowWhilePasswordChange: true,
            openWhile: ["second-factor", "deletion"],
          } satisfies RoutePolicy,
        },
      },
      async (request) => presentMe(await own(request.principal)),
    );

    app.patch(
      "/api/stoa/v1/account",
      {
        schema: {
          summary: "Change one's own account",
          description:
            "What is left out stays. A new e-mail address needs the current password, and waits until its mailed link was opened.",
          tags,
          body: ProfileChangeBody,
          response: { 200: Me },
        },
        config: {
          policy: {
            dialect: "stoa",
            access: { scope: "account:write" },
            audit: "account.update",
          } satisfies RoutePolicy,
        },
      },
      async (request) => {
        const { full_name: fullName, current_password: currentPassword, ...rest } = request.body;
        const { directory_visible: directoryVisible, ...plain } = rest;
        const change = { ...plain, fullName, currentPassword, directoryVisible };
        const work = () => changeProfile(context, request.principal as Principal, change, actorOf(request));
        const account = change.email === undefined ? await work() : await limitedAttempt(app, request, work);
        return presentMe(account);
      },
    );
  };
}
