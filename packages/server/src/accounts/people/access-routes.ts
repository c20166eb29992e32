import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { sql } from "kysely";
import { type Static, Type } from "typebox";
import type { RoutePolicy } from "../../platform/http/route-policy.ts";
import { groupsOf } from "../groups/queries.ts";
import { tokensOf } from "../personal-tokens/queries.ts";
import { findAccount } from "../queries.ts";
import { AccountRefusal } from "../refusals.ts";
import { AccountId, Time } from "../schema.ts";
import type { AccountsServices } from "../services.ts";
import { readAgent } from "../web-sessions/agent.ts";
import { failedAttempts, openSignIns } from "../web-sessions/sign-ins.ts";
import { glanced } from "./glance.ts";
import { ListedPerson, PersonParams } from "./schema.ts";

const NullableText = Type.Union([Type.String(), Type.Null()]);
const NullableTime = Type.Union([Time, Type.Null()]);
const Access = Type.Object({
  person: ListedPerson,
  groups: Type.Array(Type.Object({ id: AccountId, name: Type.String() })),
  tokens: Type.Array(
    Type.Object({
      key_id: Type.String(),
      label: Type.String(),
      scopes: Type.Array(Type.String()),
      expiry_at: Time,
      last_used_at: NullableTime,
    }),
    { description: "Those that work." },
  ),
  sign_ins: Type.Array(
    Type.Object({
      id: Type.String(),
      kind: Type.Union([Type.Literal("browser"), Type.Literal("uws_token")]),
      created_at: Time,
      last_used_at: NullableTime,
      address: NullableText,
      agent: Type.Object({ browser: NullableText, system: NullableText }),
    }),
  ),
  failed_attempts: Type.Object(
    {
      count: Type.Integer(),
      items: Type.Array(
        Type.Object({
          at: Time,
          address: Type.String(),
          step: Type.Union([Type.Literal("password"), Type.Literal("code")]),
          count: Type.Integer(),
        }),
      ),
    },
    { description: "Of the last thirty days." },
  ),
  system_account: Type.Union([Type.Object({ name: Type.String(), uid: Type.Integer() }), Type.Null()], {
    description: "Under which their files and sessions are on the machine; null: none was needed so far.",
  }),
  mails_kept: Type.Array(Type.Object({ id: Type.Integer(), subject: Type.String(), created_at: Time }), {
    description: "For want of a mail server: an administrator passes them on. The newest twenty.",
  }),
});

/** How somebody gets in, and what is kept for them: for one page about one person. */
export function personAccessRoutes({ context, parts }: AccountsServices): FastifyPluginAsyncTypebox {
  const { db } = context;

  return async (app) => {
    app.get(
      "/api/stoa/v1/people/:id/access",
      {
        schema: {
          summary: "How a person gets in",
          description:
            "Groups, live tokens (never their secrets), sign-ins, failed attempts, system account, kept mails.",
          tags: ["people"],
          params: PersonParams,
          response: { 200: Access },
        },
        config: { policy: { dialect: "stoa", access: { scope: "people:read", admin: true } } satisfies RoutePolicy },
      },
      async ({ params: { id } }): Promise<Static<typeof Access>> => {
        const account = await findAccount(db, id);
        if (account?.kind !== "person") throw new AccountRefusal("no_such_user");
        const [person] = await glanced(parts, [account]);
        if (person === undefined) throw new AccountRefusal("no_such_user");
        const [groups, tokens, signIns, failed, number, mails] = await Promise.all([
          groupsOf(db, id),
          tokensOf(db, id),
          openSignIns(db, id),
          failedAttempts(db, id, null),
          numberOf(id),
          mailsKept(id),
        ]);
        return {
          person,
          groups: groups.map(({ id: groupId, name }) => ({ id: groupId, name })),
          tokens: tokens
            .filter(({ status }) => status === "active")
            .map(({ key_id, label, scopes, expiry_at, last_used_at }) => ({
              key_id,
              label,
              scopes,
              expiry_at: expiry_at.toISOString(),
              last_used_at: last_used_at?.toISOString() ?? null,
            })),
          sign_ins: signIns.map(({ id: signInId, kind, created_at, last_used_at, address, agent }) => ({
            id: signInId,
            kind,
            created_at: created_at.toISOString(),
            last_used_at: last_used_at?.toISOString() ?? null,
            address,
            agent: readAgent(agent),
          })),
          failed_attempts: {
            count: failed.count,
            items: failed.items.slice(0, 20).map((one) => ({ ...one, at: one.at.toISOString() })),
          },
          system_account: number === null ? null : { name: `stoa-${number}`, uid: number },
          mails_kept: mails.map((mail) => ({ ...mail, created_at: mail.created_at.toISOString() })),
        };
      },
    );
  };

  async function numberOf(id: number): Promise<number | null> {
    const { rows } = await sql<{ number: number }>`
      select number from system_numbers where kind = 'account' and owner_id = ${id}`.execute(db);
    return rows[0]?.number ?? null;
  }

  async function mailsKept(id: number) {
    const { rows } = await sql<{ id: number; subject: string; created_at: Date }>`
      select id, subject, created_at from mails where account_id = ${id} and state = 'kept'
      order by id desc limit 20`.execute(db);
    return rows;
  }
}
