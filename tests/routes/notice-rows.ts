import { tell } from "../../packages/server/src/notices/notices.ts";
import { type Ground, unique } from "./ground.ts";
import type { Row } from "./row.ts";

/** Tells the owner something that stands in nobody else's notices. */
async function told(ground: Ground): Promise<{ id: number; name: string }> {
  const name = unique("told");
  const { owner, stoa, database } = ground;
  await stoa.platform.db.transaction().execute((trx) =>
    tell(trx, {
      kind: "share.accepted",
      to: owner.id,
      key: name,
      subject: { kind: "share", id: 1 },
      values: { person: "Somebody", name },
    }),
  );
  const found = await database.pool.query("select id from notices where key = $1", [name]);
  return { id: (found.rows[0] as { id: number }).id, name };
}

/** What people are told. */
export const noticeRows: readonly Row[] = [
  {
    route: "GET /api/stoa/v1/notices",
    status: 200,
    others: "without it",
    call: async (ground) => ({ shows: (await told(ground)).name }),
  },
  {
    route: "GET /api/stoa/v1/notices/count",
    status: 200,
    others: { nobodyElses: "It counts the caller's own." },
    call: () => ({}),
  },
  {
    route: "POST /api/stoa/v1/notices/read",
    status: 200,
    others: { nobodyElses: "Ids of others' notices are passed over, and the answer counts the caller's own." },
    call: async (ground) => ({ body: { ids: [(await told(ground)).id] } }),
  },
  {
    route: "GET /api/stoa/v1/notices/preferences",
    status: 200,
    others: { nobodyElses: "It shows the caller's own choice." },
    call: () => ({}),
  },
  {
    route: "PUT /api/stoa/v1/notices/preferences",
    status: 200,
    signIn: true,
    others: { nobodyElses: "It keeps the caller's own choice." },
    call: () => ({ body: { items: [{ kind: "share.accepted", shown: true, mail: "daily" }] } }),
  },
];
