import { type Ground, unique } from "./ground.ts";
import type { Row } from "./row.ts";

const BASE = "/api/stoa/v1/services";

/** A service account with a client token. */
async function service(ground: Ground): Promise<{ id: number; keyId: string }> {
  const body = { username: unique("svc"), description: "A program" };
  const { id } = (await ground.call(ground.admin.jwt, "POST", BASE, body)).json as { id: number };
  const made = await ground.call(ground.admin.jwt, "POST", `${BASE}/${id}/tokens`, { label: "walk" });
  return { id, keyId: made.json.key_id as string };
}

async function linked(ground: Ground): Promise<{ id: number; account_id: number }> {
  const { id } = await service(ground);
  const account_id = (await ground.newPerson("linked")).id;
  await ground.call(ground.admin.jwt, "PUT", `${BASE}/${id}/people/${account_id}`, { external_name: "theirs" });
  return { id, account_id };
}

const forAdmins = { others: "administrators only" } as const;
const signedIn = { ...forAdmins, signIn: true } as const;

/** Programs' accounts, their client tokens and whom they may stand for. */
export const serviceRows: readonly Row[] = [
  { route: `GET ${BASE}`, status: 200, ...forAdmins, call: () => ({}) },
  {
    route: `POST ${BASE}`,
    status: 201,
    ...signedIn,
    call: () => ({ body: { username: unique("svc"), description: "A program" } }),
  },
  {
    route: `GET ${BASE}/:id`,
    status: 200,
    ...forAdmins,
    call: async (ground) => ({ params: { id: (await service(ground)).id } }),
  },
  {
    route: `PATCH ${BASE}/:id`,
    status: 200,
    ...signedIn,
    call: async (ground) => ({ params: { id: (await service(ground)).id }, body: { active: false } }),
  },
  {
    route: `GET ${BASE}/:id/tokens`,
    status: 200,
    ...forAdmins,
    call: async (ground) => ({ params: { id: (await service(ground)).id } }),
  },
  {
    route: `POST ${BASE}/:id/tokens`,
    status: 201,
    ...signedIn,
    call: async (ground) => ({ params: { id: (await service(ground)).id }, body: { label: "made" } }),
  },
  {
    route: `DELETE ${BASE}/:id/tokens/:key_id`,
    status: 204,
    ...signedIn,
    async call(ground) {
      const { id, keyId } = await service(ground);
      return { params: { id, key_id: keyId } };
    },
  },
  {
    route: `GET ${BASE}/:id/people`,
    status: 200,
    ...forAdmins,
    call: async (ground) => ({ params: { id: (await linked(ground)).id } }),
  },
  {
    route: `PUT ${BASE}/:id/people/:account_id`,
    status: 200,
    ...signedIn,
    async call(ground) {
      const params = { id: (await service(ground)).id, account_id: (await ground.newPerson("links")).id };
      return { params, body: { external_name: unique("name") } };
    },
  },
  {
    route: `DELETE ${BASE}/:id/people/:account_id`,
    status: 204,
    ...signedIn,
    call: async (ground) => ({ params: await linked(ground) }),
  },
];
