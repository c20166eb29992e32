import { SCOPES } from "../../packages/server/src/platform/principal.ts";
import { type Ground, PASSWORD, type Person } from "./ground.ts";
import type { Others, Row } from "./row.ts";
import { beginning, withFactor } from "./second-factors.ts";
import { NO_ID, NO_OPERATION } from "./things.ts";

const own: Others = { nobodyElses: "It has no place for anybody else's id: who calls is who is meant." };

/** The second factor, sign-ins, addresses, exports and deletion of one's own account. */
export const securityRows: readonly Row[] = [
  { route: "GET /api/stoa/v1/account/second-factor", status: 200, others: own, call: () => ({}) },
  {
    route: "POST /api/stoa/v1/account/second-factor",
    status: 201,
    signIn: true,
    others: own,
    call: async (ground) => ({ as: await ground.newPerson("enrols"), body: { current_password: PASSWORD } }),
  },
  {
    route: "POST /api/stoa/v1/account/second-factor/confirm",
    status: 200,
    signIn: true,
    others: own,
    async call(ground) {
      const { person, code } = await beginning(ground, "confirms");
      return { as: person, body: { code } };
    },
  },
  {
    route: "POST /api/stoa/v1/account/second-factor/recovery-codes",
    status: 200,
    signIn: true,
    others: own,
    async call(ground) {
      const { person, code } = await withFactor(ground, "renews");
      return { as: person, body: { current_password: PASSWORD, code } };
    },
  },
  {
    route: "POST /api/stoa/v1/account/second-factor/disable",
    status: 204,
    signIn: true,
    others: own,
    async call(ground) {
      const { person, code } = await withFactor(ground, "disables");
      return { as: person, body: { current_password: PASSWORD, code } };
    },
  },
  {
    route: "GET /api/stoa/v1/account/sign-ins",
    status: 200,
    others: "without it",
    call: async (ground) => ({ shows: await uwsToken(ground, ground.owner) }),
  },
  {
    route: "DELETE /api/stoa/v1/account/sign-ins/:id",
    status: 204,
    signIn: true,
    others: {
      refused: 404,
      says: () => ({ status: 404, code: "not_found" }),
      absent: { params: { id: NO_OPERATION } },
    },
    call: async (ground) => ({ params: { id: await uwsToken(ground, ground.owner) } }),
  },
  {
    route: "POST /api/stoa/v1/account/sign-ins/revoke-others",
    status: 200,
    signIn: true,
    others: own,
    call: async (ground) => ({ as: await ground.newPerson("ends") }),
  },
  {
    route: "POST /api/stoa/v1/account/exports",
    status: 202,
    signIn: true,
    others: own,
    call: async (ground) => ({ as: await ground.newPerson("exports") }),
  },
  { route: "GET /api/stoa/v1/account/exports", status: 200, signIn: true, others: own, call: () => ({}) },
  {
    route: "GET /api/stoa/v1/account/exports/:id/download",
    status: 200,
    signIn: true,
    others: { refused: 404, says: () => ({ status: 404, code: "not_found" }), absent: { params: { id: NO_ID } } },
    async call(ground) {
      const made = await ground.call(ground.owner.jwt, "POST", "/api/stoa/v1/account/exports");
      await ground.stoa.platform.operations.wait(made.json.operation_id as string, 10_000);
      return { params: { id: made.json.id as number } };
    },
  },
  { route: "GET /api/stoa/v1/account/deletion", status: 200, others: own, call: () => ({}) },
  {
    route: "POST /api/stoa/v1/account/deletion",
    status: 202,
    signIn: true,
    others: own,
    call: async (ground) => ({ as: await ground.newPerson("goes"), body: { current_password: PASSWORD } }),
  },
  {
    route: "POST /api/stoa/v1/account/deletion/cancel",
    status: 200,
    signIn: true,
    others: own,
    async call(ground) {
      const as = await goingPerson(ground, "stays");
      return { as };
    },
  },
  {
    route: "GET /api/stoa/v1/people/:id/deletion",
    status: 200,
    others: "administrators only",
    call: ({ owner }) => ({ params: { id: owner.id } }),
  },
  {
    route: "POST /api/stoa/v1/people/:id/deletion",
    status: 202,
    signIn: true,
    others: "administrators only",
    call: async (ground) => ({ params: { id: (await ground.newPerson("sent")).id }, body: {} }),
  },
  {
    route: "POST /api/stoa/v1/people/:id/deletion/cancel",
    status: 200,
    signIn: true,
    others: "administrators only",
    call: async (ground) => ({ params: { id: (await goingPerson(ground, "kept")).id } }),
  },
  {
    route: "POST /api/stoa/v1/account/email-verification",
    status: 202,
    others: own,
    async call(ground) {
      const person = await ground.newPerson("proves");
      await ground.database.pool.query("update accounts set email_verified_at = null where id = $1", [person.id]);
      return { as: person };
    },
  },
  {
    route: "POST /api/stoa/v1/account/email-verification/complete",
    status: 200,
    signIn: true,
    others: own,
    async call(ground) {
      const as = await ground.newPerson("moves");
      const email = `${as.username}.new@example.org`;
      await ground.call(as.jwt, "PATCH", "/api/stoa/v1/account", { email, current_password: PASSWORD });
      return { as, body: { token: await ground.mailedToken(`${as.username}.new`) } };
    },
  },
  {
    route: "POST /api/stoa/v1/people/:id/vouch-email",
    status: 200,
    signIn: true,
    others: "administrators only",
    async call(ground) {
      const { id, username } = await ground.newPerson("known");
      return { params: { id }, body: { email: `${username}@example.org` } };
    },
  },
  {
    route: "POST /api/stoa/v1/people/:id/second-factor/reset",
    status: 204,
    signIn: true,
    others: "administrators only",
    call: async (ground) => ({ params: { id: (await withFactor(ground, "lost")).person.id } }),
  },
];

/** The id of a new token of the workspaces API. */
async function uwsToken(ground: Ground, { id, username }: Person): Promise<string> {
  await ground.call(null, "POST", "/tokens/", { username, password: PASSWORD });
  const newest = "select id from uws_tokens where account_id = $1 order by created_at desc limit 1";
  const { rows } = await ground.database.pool.query(newest, [id]);
  return (rows[0] as { id: string }).id;
}

const adminScopes: readonly string[] = ["people:read", "people:write", "metrics:read", "storage", "playground"];

/** Somebody whose deletion is asked for; the tokens that the walk needs were made before. */
async function goingPerson(ground: Ground, prefix: string): Promise<Person> {
  const person = await ground.newPerson(prefix);
  await person.pat(["*"]);
  await person.pat(SCOPES.filter((scope) => !adminScopes.includes(scope) && scope !== "account:write"));
  await ground.call(person.jwt, "POST", "/api/stoa/v1/account/deletion", { current_password: PASSWORD });
  return person;
}
