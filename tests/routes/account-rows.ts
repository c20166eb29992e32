import { PASSWORD, unique } from "./ground.ts";
import type { Others, Row } from "./row.ts";
import { securityRows } from "./security-rows.ts";
import { NO_TOKEN, personalToken } from "./things.ts";

const own: Others = { nobodyElses: "It has no place for anybody else's id: who calls is who is meant." };
const noSuchToken: Others = {
  refused: 404,
  says: () => ({ status: 404, code: "not_found" }),
  absent: { params: { key_id: NO_TOKEN } },
};

/** One's own account and its tokens, and the people for administrators. */
export const accountRows: readonly Row[] = [
  { route: "GET /api/me", status: 200, others: "without it", call: ({ owner }) => ({ shows: owner.username }) },
  {
    route: "GET /api/stoa/v1/account",
    status: 200,
    others: "without it",
    call: ({ owner }) => ({ shows: owner.username }),
  },
  {
    route: "PATCH /api/stoa/v1/account",
    status: 200,
    others: own,
    call: () => ({ body: { organization: unique("group") } }),
  },
  {
    route: "PATCH /api/stoa/v1/account/display",
    status: 200,
    others: own,
    call: () => ({ body: { digits: "latin" } }),
  },
  {
    route: "POST /api/stoa/v1/auth/sign-out",
    status: 204,
    signIn: true,
    others: own,
    call: async (ground) => ({ as: await ground.newPerson("leaves") }),
  },
  {
    route: "POST /api/stoa/v1/auth/password",
    status: 200,
    signIn: true,
    others: own,
    call: async (ground) => ({
      as: await ground.newPerson("changes"),
      body: { current_password: PASSWORD, new_password: "another long password" },
    }),
  },
  {
    route: "GET /api/stoa/v1/account/tokens",
    status: 200,
    others: "without it",
    call: async (ground) => ({ shows: (await personalToken(ground)).label }),
  },
  {
    route: "POST /api/stoa/v1/account/tokens",
    status: 201,
    signIn: true,
    others: own,
    call: () => ({ body: { label: unique("made"), scopes: ["workspaces:read"] } }),
  },
  {
    route: "PATCH /api/stoa/v1/account/tokens/:key_id",
    status: 200,
    signIn: true,
    others: noSuchToken,
    call: async (ground) => ({ params: { key_id: (await personalToken(ground)).keyId }, body: {} }),
  },
  {
    route: "DELETE /api/stoa/v1/account/tokens/:key_id",
    status: 204,
    signIn: true,
    others: noSuchToken,
    call: async (ground) => ({ params: { key_id: (await personalToken(ground)).keyId } }),
  },
  {
    route: "GET /users",
    status: 200,
    others: { nobodyElses: "The directory of whom one can share with: contract 3 shows all but the caller." },
    call: ({ other }) => ({ query: `?search=${other.username}`, shows: other.username }),
  },
  { route: "GET /api/stoa/v1/people", status: 200, others: "administrators only", call: () => ({}) },
  {
    route: "POST /api/stoa/v1/people",
    status: 201,
    signIn: true,
    others: "administrators only",
    call: () => {
      const username = unique("new").toLowerCase();
      return { body: { username, full_name: "New Person", email: `${username}@example.org` } };
    },
  },
  {
    route: "GET /api/stoa/v1/people/:id",
    status: 200,
    others: "administrators only",
    call: ({ owner }) => ({ params: { id: owner.id }, shows: owner.username }),
  },
  {
    route: "PATCH /api/stoa/v1/people/:id",
    status: 200,
    signIn: true,
    others: "administrators only",
    call: async (ground) => ({ params: { id: (await ground.newPerson("goes")).id }, body: { active: false } }),
  },
  {
    route: "POST /api/stoa/v1/people/:id/reset-link",
    status: 201,
    signIn: true,
    others: "administrators only",
    call: async (ground) => ({ params: { id: (await ground.newPerson("locked")).id } }),
  },
  ...securityRows,
  { route: "GET /api/stoa/v1/mails", status: 200, others: "administrators only", call: () => ({}) },
  {
    route: "GET /api/stoa/v1/mails/:id",
    status: 200,
    signIn: true,
    others: "administrators only",
    call: () => ({ params: { id: 1 } }),
  },
];
