import { type Ground, unique } from "./ground.ts";
import type { Call, Others, Row } from "./row.ts";
import { NO_ID } from "./things.ts";

const own = "/api/stoa/v1/webhooks";
const all = "/api/stoa/v1/admin/webhooks";
/** Nothing listens there, and nothing is sent there. */
const url = "http://127.0.0.1:1/hook";

/** Of the owner's, with something that was sent; not through the API, which lets people have a few only. */
async function webhook({ database: { pool }, owner }: Ground): Promise<{ id: number; delivery: number; name: string }> {
  const name = unique("hook");
  const one = async (text: string, values: unknown[]) =>
    ((await pool.query(text, values)).rows[0] as { id: number }).id;
  const id = await one(
    "insert into webhook_endpoints (account_id, name, url, types) values ($1, $2, $3, '{session.*}') returning id",
    [owner.id, name, url],
  );
  const delivery = await one(
    `insert into webhook_deliveries (endpoint_id, event_id, type, body, state, next_at)
     values ($1, $2, 'session.ready', '{}', 'delivered', now()) returning id`,
    [id, `evt_${name}`],
  );
  return { id, delivery, name };
}

const found = async (ground: Ground, body?: object): Promise<Call> => {
  const { id, delivery, name } = await webhook(ground);
  return { params: { id, delivery }, shows: name, ...(body === undefined ? {} : { body }) };
};
const silent = async (ground: Ground, body?: object): Promise<Call> => {
  const { shows: _, ...call } = await found(ground, body);
  return call;
};
const none: Others = {
  refused: 404,
  says: () => ({ status: 404, code: "not_found", detail: "There is no webhook here." }),
  absent: { params: { id: NO_ID, delivery: NO_ID } },
};
const admins: Others = "administrators only";
const since = { since: "2026-01-01T00:00:00Z" };

/** What stands at both places. */
const shared = (base: string, others: Others, signIn: { readonly signIn?: true }): Row[] => [
  { route: `GET ${base}/:id`, status: 200, others, call: found },
  { route: `PATCH ${base}/:id`, status: 200, others, signIn: true, call: (ground) => found(ground, { active: false }) },
  { route: `DELETE ${base}/:id`, status: 204, others, signIn: true, call: silent },
  { route: `GET ${base}/:id/deliveries`, status: 200, others, call: found },
  { route: `GET ${base}/:id/deliveries/:delivery`, status: 200, others, call: found },
  { route: `POST ${base}/:id/deliveries/:delivery/replay`, status: 202, others, ...signIn, call: found },
  { route: `POST ${base}/:id/replay-failed`, status: 202, others, ...signIn, call: (ground) => silent(ground, since) },
  { route: `POST ${base}/:id/ping`, status: 202, others, ...signIn, call: silent },
];

/** Where events are sent, and what was sent. */
export const webhookRows: readonly Row[] = [
  {
    route: `GET ${own}/event-types`,
    status: 200,
    others: { nobodyElses: "The vocabulary is the same for everybody." },
    call: () => ({}),
  },
  { route: `GET ${own}`, status: 200, others: "without it", call: found },
  {
    route: `POST ${own}`,
    status: 201,
    signIn: true,
    others: { nobodyElses: "It makes a webhook of whoever asks." },
    call: async (ground) => ({
      as: await ground.newPerson("hooks"),
      body: { name: "Hook", url: "https://example.org/hook", types: ["session.*"] },
    }),
  },
  { route: `POST ${own}/:id/secret`, status: 200, signIn: true, others: none, call: found },
  ...shared(own, none, {}),
  {
    route: `GET ${all}`,
    status: 200,
    others: admins,
    call: async (ground) => ({ ...(await found(ground)), query: "?limit=200" }),
  },
  ...shared(all, admins, { signIn: true }),
];
