import { type Ground, type Person, unique } from "./ground.ts";
import type { Others, Row } from "./row.ts";
import { NO_ID } from "./things.ts";

const noSuchGroup: Others = {
  refused: 404,
  says: () => ({ status: 404, code: "not_found" }),
  absent: { params: { id: NO_ID, account_id: NO_ID } },
};

/** A group whose owner is the walk's owner; administrators alone make groups here. */
async function group(ground: Ground): Promise<{ id: number; name: string }> {
  const name = unique("group");
  const { json } = await ground.call(ground.admin.jwt, "POST", "/api/stoa/v1/groups", { name });
  await ground.call(ground.admin.jwt, "PUT", member(json.id, ground.owner), { role: "owner" });
  return { id: json.id as number, name };
}

const member = (id: number, person: Person) => `/api/stoa/v1/groups/${id}/members/${person.id}`;

/** Groups and who is in them. */
export const groupRows: readonly Row[] = [
  {
    route: "GET /api/stoa/v1/groups",
    status: 200,
    others: "without it",
    call: async (ground) => ({ shows: (await group(ground)).name }),
  },
  {
    route: "POST /api/stoa/v1/groups",
    status: 201,
    signIn: true,
    others: "administrators only",
    call: () => ({ body: { name: unique("made") } }),
  },
  {
    route: "GET /api/stoa/v1/groups/:id",
    status: 200,
    others: noSuchGroup,
    call: async (ground) => ({ params: { id: (await group(ground)).id } }),
  },
  {
    route: "PATCH /api/stoa/v1/groups/:id",
    status: 200,
    signIn: true,
    others: noSuchGroup,
    call: async (ground) => ({ params: { id: (await group(ground)).id }, body: { name: unique("renamed") } }),
  },
  {
    route: "DELETE /api/stoa/v1/groups/:id",
    status: 204,
    signIn: true,
    others: noSuchGroup,
    call: async (ground) => ({ params: { id: (await group(ground)).id } }),
  },
  {
    route: "GET /api/stoa/v1/groups/:id/members",
    status: 200,
    others: noSuchGroup,
    call: async (ground) => ({ params: { id: (await group(ground)).id }, shows: ground.owner.username }),
  },
  {
    route: "PUT /api/stoa/v1/groups/:id/members/:account_id",
    status: 200,
    signIn: true,
    others: noSuchGroup,
    async call(ground) {
      const { id } = await group(ground);
      return { params: { id, account_id: (await ground.newPerson("joins")).id }, body: {} };
    },
  },
  {
    route: "DELETE /api/stoa/v1/groups/:id/members/:account_id",
    status: 204,
    signIn: true,
    others: noSuchGroup,
    async call(ground) {
      const { id } = await group(ground);
      const leaver = await ground.newPerson("removed");
      await ground.call(ground.owner.jwt, "PUT", member(id, leaver), {});
      return { params: { id, account_id: leaver.id } };
    },
  },
];
