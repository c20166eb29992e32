import { type Ground, PASSWORD, unique } from "./ground.ts";
import type { Call, Others, Row } from "./row.ts";

const base = "/api/stoa/v1/admin/hub";
const others: Others = "administrators only";
const reason = "The walk over all routes";

/** A user of the hub that is nobody's here, as it was listed last. */
async function hubUser({ database: { pool }, hub }: Ground, name = unique("hubuser")): Promise<string> {
  hub.addUser(name, { created: new Date(Date.now() - 86_400_000) });
  await pool.query(
    "insert into hub_seen_users (name, is_admin, seen_at) values ($1, false, now()) on conflict (name) do nothing",
    [name],
  );
  return name;
}

interface Somebody {
  readonly id: number;
  readonly username: string;
}

/** Somebody with a verified address, who never signs in: registering is limited, and the walk registers many. */
async function somebody({ database: { pool } }: Ground): Promise<Somebody> {
  const username = unique("hubs");
  const { rows } = await pool.query(
    `insert into accounts (username, username_key, email, email_verified_at, full_name)
     values ($1, $1, $1 || '@example.org', now(), $1) returning id`,
    [username],
  );
  return { id: (rows[0] as { id: number }).id, username };
}

/** Somebody new with a hub user of their own, whatever the background is at. */
async function linked(ground: Ground): Promise<Somebody> {
  const person = await somebody(ground);
  await hubUser(ground, person.username);
  await ground.database.pool.query(
    `insert into hub_users (account_id, name, state, made_at) values ($1, $2, 'ours', now())
     on conflict (account_id) do update set state = 'ours', made_at = now()`,
    [person.id, person.username],
  );
  return person;
}

/** A server of somebody's that runs, at the hub and as it was seen. */
async function running(ground: Ground): Promise<string> {
  const { username } = await linked(ground);
  const { startedAt } = ground.hub.runs(username);
  await ground.database.pool.query(
    `insert into hub_servers (user_name, server, state, url, started_at) values ($1, '', 'ready', '/user/x/', $2)
     on conflict (user_name, server) do nothing`,
    [username, startedAt],
  );
  return username;
}

/** Somebody whose verified address is the name of a hub user, and who has none of their own. */
async function called(ground: Ground): Promise<Call> {
  const { username } = await somebody(ground);
  await hubUser(ground, `${username}@example.org`);
  return { body: { expected: 1 } };
}

/** Everybody's users and servers at the hub, for administrators. */
export const hubAdminRows: readonly Row[] = [
  {
    route: `GET ${base}/users`,
    status: 200,
    others,
    call: async (ground) => {
      const name = await hubUser(ground);
      return { query: `?search=${name}`, shows: name };
    },
  },
  {
    route: `GET ${base}/accounts`,
    status: 200,
    others,
    call: async (ground) => {
      const { username } = await linked(ground);
      return { query: `?state=ours&search=${username}`, shows: username };
    },
  },
  {
    route: `PUT ${base}/accounts/:id/link`,
    status: 200,
    signIn: true,
    others,
    call: async (ground) => {
      const { id, username } = await linked(ground);
      const name = await hubUser(ground);
      return { params: { id }, body: { name, was: username }, shows: name };
    },
  },
  {
    route: `DELETE ${base}/accounts/:id/link`,
    status: 204,
    signIn: true,
    others,
    call: async (ground) => {
      const { id, username } = await linked(ground);
      return { params: { id }, query: `?was=${username}` };
    },
  },
  { route: `GET ${base}/links/by-email`, status: 200, others, call: () => ({}) },
  { route: `POST ${base}/links/by-email`, status: 202, signIn: true, others, call: called },
  { route: `GET ${base}/drift`, status: 200, others, call: () => ({}) },
  {
    route: `GET ${base}/servers`,
    status: 200,
    others,
    call: async (ground) => {
      const name = await running(ground);
      return { query: `?state=live&person=${name}`, shows: name };
    },
  },
  {
    route: `POST ${base}/servers/stop`,
    status: 202,
    others,
    call: async (ground) => ({ body: { user: await running(ground), reason } }),
  },
  {
    route: `POST ${base}/servers/open`,
    status: 200,
    signIn: true,
    others,
    call: async (ground) => ({ body: { user: await running(ground), reason, current_password: PASSWORD } }),
  },
  { route: `GET ${base}/health`, status: 200, others, call: () => ({}) },
];
