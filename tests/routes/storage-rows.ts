import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Ground, type Person, unique } from "./ground.ts";
import type { Row } from "./row.ts";

const base = "/api/stoa/v1/storage";

/** A directory of a name of its own. */
async function subject(ground: Ground, kind: "user" | "group" = "user"): Promise<{ id: number; name: string }> {
  const name = unique("store");
  const { json } = await ground.call(ground.admin.jwt, "POST", `${base}/subjects`, { kind, name, quota: 4096 });
  return { id: json.id as number, name };
}

/** One in the trash. */
async function deleted(ground: Ground): Promise<{ id: number; name: string }> {
  const made = await subject(ground);
  await ground.call(ground.admin.jwt, "DELETE", `${base}/subjects/${made.id}`);
  return made;
}

/** The owner's own: with their first workspace, or made and linked by the administrator; the same one for all rows. */
let own: Promise<string> | undefined;
function ownOf(ground: Ground): Promise<string> {
  own ??= (async () => {
    const present = (await ground.call(ground.owner.jwt, "GET", `${base}/mine`)).json.own as { name: string } | null;
    if (present !== null) return present.name;
    const name = unique("own");
    // Room enough for what other rows write.
    const body = { kind: "user", name, quota: 2 ** 40, account_id: ground.owner.id };
    await ground.call(ground.admin.jwt, "POST", `${base}/subjects`, body);
    return name;
  })();
  return own;
}

/** Somebody whose storage is full, as the last count left it, and who has not raised it. */
async function full(ground: Ground): Promise<Person> {
  const person = await ground.newPerson("full");
  const body = { kind: "user", name: unique("full"), quota: 1, account_id: person.id };
  await ground.call(ground.admin.jwt, "POST", `${base}/subjects`, body);
  // Whoever counts it meanwhile finds more than that, too: a folder has a size of its own.
  const text = "update storage_subjects set used = 4096, used_at = now() where account_id = $1";
  await ground.database.pool.query(text, [person.id]);
  return person;
}

/** Storage of somebody whose workspaces lie apart from it. */
async function apart(ground: Ground): Promise<{ id: number; account: number }> {
  const { id: account } = await ground.newPerson("apart");
  const { dataDir } = ground.stoa.platform.config;
  await mkdir(join(dataDir, "workspaces", String(account), "1"), { recursive: true });
  const body = { kind: "user", name: unique("apart"), account_id: account };
  const { json } = await ground.call(ground.admin.jwt, "POST", `${base}/subjects`, body);
  return { id: json.id as number, account };
}

/** The same, after a move that has set folders aside. */
async function moved(ground: Ground): Promise<{ id: number }> {
  const { id, account } = await apart(ground);
  const text = `insert into storage_moves (account_id, subject_id, operation_id, state, moved_at)
    values ($1, $2, gen_random_uuid(), 'moved', now())`;
  await ground.database.pool.query(text, [account, id]);
  return { id };
}

const contract = (kind: "users" | "groups", one: "user" | "group"): Row[] => [
  {
    route: `GET /api/v1/${kind}/:name`,
    status: 200,
    others: "administrators only",
    call: async (ground) => ({ params: { name: (await subject(ground, one)).name } }),
  },
  {
    route: `POST /api/v1/${kind}`,
    status: 204,
    others: "administrators only",
    call: () => ({ body: { name: unique("hooked"), quota: 4096 } }),
  },
  {
    route: `DELETE /api/v1/${kind}/:name`,
    status: 204,
    others: "administrators only",
    call: async (ground) => ({ params: { name: (await subject(ground, one)).name } }),
  },
];

/** Storage: contract 1, administrators' calls, and what people see of their own. */
export const storageRows: readonly Row[] = [
  ...contract("users", "user"),
  ...contract("groups", "group"),
  { route: "GET /api/v1/storages", status: 200, others: "administrators only", call: () => ({}) },
  { route: `GET ${base}`, status: 200, others: "administrators only", call: () => ({}) },
  { route: `GET ${base}/subjects`, status: 200, others: "administrators only", call: () => ({}) },
  {
    route: `POST ${base}/subjects`,
    status: 201,
    others: "administrators only",
    call: () => ({ body: { kind: "group", name: unique("made") } }),
  },
  {
    route: `GET ${base}/subjects/:id`,
    status: 200,
    others: "administrators only",
    call: async (ground) => ({ params: { id: (await subject(ground)).id } }),
  },
  {
    route: `DELETE ${base}/subjects/:id`,
    status: 204,
    others: "administrators only",
    call: async (ground) => ({ params: { id: (await subject(ground)).id } }),
  },
  {
    route: `GET ${base}/subjects/:id/history`,
    status: 200,
    others: "administrators only",
    call: async (ground) => ({ params: { id: (await subject(ground)).id } }),
  },
  {
    route: `PUT ${base}/subjects/:id/quota`,
    status: 200,
    others: "administrators only",
    call: async (ground) => ({ params: { id: (await subject(ground)).id }, body: { quota: 8192 } }),
  },
  {
    route: `PUT ${base}/quotas`,
    status: 200,
    others: "administrators only",
    call: async (ground) => ({ body: { ids: [(await subject(ground)).id], quota: 8192 } }),
  },
  {
    route: `PUT ${base}/subjects/:id/link`,
    status: 200,
    others: "administrators only",
    call: async (ground) => {
      const { id } = await ground.newPerson("linked");
      return { params: { id: (await subject(ground)).id }, body: { account_id: id } };
    },
  },
  {
    route: `GET ${base}/subjects/:id/move-in`,
    status: 200,
    others: "administrators only",
    call: async (ground) => ({ params: { id: (await subject(ground)).id } }),
  },
  {
    route: `POST ${base}/subjects/:id/move-in`,
    status: 202,
    others: "administrators only",
    call: async (ground) => ({ params: { id: (await apart(ground)).id } }),
  },
  {
    route: `POST ${base}/move-ins`,
    status: 200,
    others: "administrators only",
    call: async (ground) => ({ body: { ids: [(await apart(ground)).id] } }),
  },
  {
    route: `POST ${base}/move-ins/look`,
    status: 200,
    others: "administrators only",
    call: async (ground) => ({ body: { ids: [(await apart(ground)).id] } }),
  },
  {
    route: `DELETE ${base}/subjects/:id/move-in/aside`,
    status: 202,
    others: "administrators only",
    call: async (ground) => ({ params: { id: (await moved(ground)).id } }),
  },
  { route: `POST ${base}/recount`, status: 202, others: "administrators only", call: () => ({ body: {} }) },
  { route: `GET ${base}/trash`, status: 200, others: "administrators only", call: () => ({}) },
  {
    route: `POST ${base}/trash/:id/restore`,
    status: 200,
    others: "administrators only",
    call: async (ground) => ({ params: { id: (await deleted(ground)).id } }),
  },
  {
    route: `DELETE ${base}/trash/:id`,
    status: 202,
    others: "administrators only",
    call: async (ground) => ({ params: { id: (await deleted(ground)).id } }),
  },
  {
    route: `DELETE ${base}/trash`,
    status: 202,
    others: "administrators only",
    call: async (ground) => {
      await deleted(ground);
      return {};
    },
  },
  {
    route: `GET ${base}/mine`,
    status: 200,
    others: "without it",
    call: async (ground) => ({ shows: await ownOf(ground) }),
  },
  {
    route: `GET ${base}/mine/history`,
    status: 200,
    others: { nobodyElses: "It is about whoever asks: others have none." },
    call: async (ground) => {
      await ownOf(ground);
      return {};
    },
  },
  {
    route: `POST ${base}/mine/recount`,
    status: 202,
    others: { nobodyElses: "It is about whoever asks: others have none." },
    call: async (ground) => {
      await ownOf(ground);
      return {};
    },
  },
  {
    route: `POST ${base}/mine/raise`,
    status: 200,
    others: { nobodyElses: "It is about whoever asks: others have none." },
    call: async (ground) => ({ as: await full(ground) }),
  },
];
