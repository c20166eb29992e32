import { type Ground, PASSWORD, unique } from "./ground.ts";
import type { Others, Row } from "./row.ts";

const SETTINGS = "/api/stoa/v1/system/settings";

async function versionOf(ground: Ground, name: string): Promise<number> {
  const { json } = await ground.call(ground.admin.jwt, "GET", SETTINGS);
  const items = json.items as { name: string; version: number }[];
  return items.find((item) => item.name === name)?.version ?? 0;
}

const BASE = "/api/stoa/v1/announcements";
const MAINTENANCE = "/api/stoa/v1/system/maintenance";
const announcement = { title: "New machines", text: "From **Monday** on.", kind: "info", audience: "everyone" };
const shown = { ...announcement, group_id: null, public: false, dismissible: true, starts_at: null, ends_at: null };

async function announced(ground: Ground): Promise<{ id: number; version: number }> {
  const { json } = await ground.call(ground.admin.jwt, "POST", BASE, shown);
  return json as { id: number; version: number };
}

/** Far off: nothing is held meanwhile. */
async function planned(ground: Ground): Promise<{ body: object }> {
  const { json } = await ground.call(ground.admin.jwt, "GET", MAINTENANCE);
  return { body: { version: json.version, starts_at: "2999-01-01T00:00:00.000Z", ends_at: null } };
}

/** For a group that the owner is in, and nobody else. */
async function announcedToOwners(ground: Ground): Promise<{ params: { id: number } }> {
  const { admin, owner } = ground;
  const group = await ground.call(admin.jwt, "POST", "/api/stoa/v1/groups", { name: unique("told") });
  await ground.call(admin.jwt, "PUT", `/api/stoa/v1/groups/${group.json.id}/members/${owner.id}`, {});
  const forGroup = { ...shown, audience: "group", group_id: group.json.id };
  const { json } = await ground.call(admin.jwt, "POST", BASE, forGroup);
  return { params: { id: json.id } };
}

/** One that could not be sent. */
async function failedMail(ground: Ground): Promise<{ params: { id: number } }> {
  const { stoa, database } = ground;
  const to = `${unique("lost")}@example.org`;
  const mail = { to, subject: "S", text: "T", locale: "en" } as const;
  await stoa.platform.db.transaction().execute((trx) => stoa.platform.mail.send(trx, mail));
  const { rows } = await database.pool.query("update mails set state = 'failed' where recipient = $1 returning id", [
    to,
  ]);
  return { params: { id: Number(rows[0].id) } };
}

const noAnnouncement: Others = {
  refused: 404,
  says: () => ({ status: 404, code: "not_found", detail: "There is no announcement here." }),
  absent: { params: { id: 999_999_999 } },
};

/** What administrators set for all. */
export const systemRows: readonly Row[] = [
  { route: `GET ${SETTINGS}`, status: 200, signIn: true, others: "administrators only", call: () => ({}) },
  {
    route: `PATCH ${SETTINGS}`,
    status: 200,
    signIn: true,
    others: "administrators only",
    async call(ground) {
      const name = "STOA_TRASH_RETENTION_DAYS";
      const changes = [{ name, value: "31", version: await versionOf(ground, name) }];
      return { body: { changes, current_password: PASSWORD } };
    },
  },
  {
    route: "POST /api/stoa/v1/mails/:id/resend",
    status: 204,
    signIn: true,
    others: "administrators only",
    call: failedMail,
  },
  {
    route: "DELETE /api/stoa/v1/mails/:id",
    status: 204,
    signIn: true,
    others: "administrators only",
    call: failedMail,
  },
  {
    route: "POST /api/stoa/v1/mails/test",
    status: 202,
    signIn: true,
    others: "administrators only",
    call: () => ({ body: { to: `${unique("admin")}@example.org` } }),
  },
  { route: "GET /api/stoa/v1/system/resources", status: 200, others: "administrators only", call: () => ({}) },
  { route: `GET ${BASE}`, status: 200, others: "administrators only", call: () => ({}) },
  { route: `POST ${BASE}`, status: 201, signIn: true, others: "administrators only", call: () => ({ body: shown }) },
  {
    route: `PUT ${BASE}/:id`,
    status: 200,
    signIn: true,
    others: "administrators only",
    async call(ground) {
      const { id, version } = await announced(ground);
      return { params: { id }, body: { ...shown, version, title: "New machines, soon" } };
    },
  },
  {
    route: `POST ${BASE}/:id/end`,
    status: 200,
    signIn: true,
    others: "administrators only",
    async call(ground) {
      const { id, version } = await announced(ground);
      return { params: { id }, body: { version } };
    },
  },
  {
    route: `DELETE ${BASE}/:id`,
    status: 204,
    signIn: true,
    others: "administrators only",
    call: async (ground) => ({ params: { id: (await announced(ground)).id } }),
  },
  {
    route: `POST ${BASE}/:id/restore`,
    status: 200,
    signIn: true,
    others: "administrators only",
    async call(ground) {
      const { id } = await announced(ground);
      await ground.call(ground.admin.jwt, "DELETE", `${BASE}/${id}`);
      return { params: { id } };
    },
  },
  {
    route: `PUT ${BASE}/:id/dismissal`,
    status: 204,
    others: noAnnouncement,
    call: announcedToOwners,
  },
  {
    route: `DELETE ${BASE}/:id/dismissal`,
    status: 204,
    others: noAnnouncement,
    call: announcedToOwners,
  },
  { route: `GET ${MAINTENANCE}`, status: 200, others: "administrators only", call: () => ({}) },
  { route: `PUT ${MAINTENANCE}`, status: 200, signIn: true, others: "administrators only", call: planned },
  {
    route: `POST ${MAINTENANCE}/end`,
    status: 200,
    signIn: true,
    others: "administrators only",
    async call(ground) {
      const { body } = await planned(ground);
      const { json } = await ground.call(ground.admin.jwt, "PUT", MAINTENANCE, body);
      return { body: { version: json.version } };
    },
  },
];
