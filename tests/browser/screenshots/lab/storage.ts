import type { Ground } from "./lab.ts";

const GiB = 2 ** 30;
const far = "now() + interval '30 days'";

/** Who else the hub knows: name, GiB used, GiB allowed (0: no quota). */
const others = [
  ["course-statistics", 212, 250],
  ["satellite", 940, 1024],
  ["genomes", 1480, 1500],
  ["sensors", 96, 0],
  ["postdoc-7", 18, 20],
  ["guest-1", 0.4, 5],
  ["guest-2", 5.2, 5],
  ["guest-3", 1.1, 5],
  ["visitor", 0, 10],
  ["old-thesis", 61, 100],
  ["backup-of-lab", 330, 400],
  ["notebooks", 7, 10],
] as const;

export interface WithStorage {
  readonly personId: number;
  readonly ids: readonly number[];
  readonly group: number;
}

/**
 * Storage of the person, their colleagues, a group and some that nobody is known for; as it was counted over a hundred
 * days. Past the API: what is years old can't be made by it. @returns the person's
 */
export async function makeStorage({ sql }: Ground, { personId, ids, group }: WithStorage): Promise<number> {
  const made: number[] = [];
  const add = async (kind: "user" | "group", name: string, used: number, quota: number, link: object = {}) => {
    const { account = null, team = null } = link as { account?: number; team?: number };
    const { rows } = await sql(
      `insert into storage_subjects (kind, name, account_id, group_id, quota, quota_by, quota_at, wanted, settled, used,
         used_kind, used_at, scan_at, created_at)
       values ($1, $2, $3, $4, $5, 'admin', now() - interval '40 days', 1, 1, $6, 'apparent',
         now() - interval '7 minutes', ${far}, now() - interval '190 days') returning id`,
      [kind, name, account, team, Math.round(quota * GiB), Math.round(used * GiB)],
    );
    made.push(Number(rows[0].id));
    return Number(rows[0].id);
  };
  const own = await add("user", "shirin", 41.2, 50, { account: personId });
  for (const [at, id] of ids.entries())
    await add("user", `colleague-${at + 1}`, 3 + ((at * 37) % 60), 80, { account: id });
  await add("group", "reef-team", 173, 200, { team: group });
  for (const [name, used, quota] of others) await add("user", name, used, quota);
  await sql(
    "update storage_subjects set remark = '12 files have left their project, and are counted for nobody' where name = 'sensors'",
  );
  await sql(
    `update storage_subjects set problem = 'There is a file where the directory should be: /srv/storage/visitor',
       problem_code = 'not_a_directory', settled = 0, attempts = 3, retry_at = ${far} where name = 'visitor'`,
  );
  await sql(
    `insert into storage_history (subject_id, at, used, quota)
     select s.id, date_trunc('day', now()) - interval '1 day' * n,
       greatest(0, s.used * (1 - n / 130.0) + s.used * 0.02 * sin(n * 1.7))::bigint, s.quota
     from storage_subjects s, generate_series(0, 99) n where s.id = any($1)`,
    [made],
  );
  await sql(
    `insert into storage_subjects (kind, name, quota, wanted, settled, used, used_kind, deleted_at, deleted_by, trashed)
     select 'user', 'left-' || n, 0, 2, 2, n * 987654321::bigint, 'apparent', now() - interval '1 day' * (29 - n * 3),
       'admin', true from generate_series(1, 5) n`,
  );
  await tellServer({ sql });
  return own;
}

/** Thousands, called as one may be called on disk, with every quota and use. @returns the person's */
export async function manyStorages(ground: Ground, count: number): Promise<number> {
  const { rows } = await ground.sql(
    `insert into storage_subjects (kind, name, account_id, quota, quota_by, quota_at, wanted, settled, used, used_kind,
       used_at, scan_at, remark)
     select case when n % 50 = 0 then 'group' else 'user' end,
       case when n = 1 then 'shirin' else left(repeat('very-long-name_', 14), (n * 7) % 180) || n end,
       case when n = 1 then $1::bigint end, (n::bigint * 7919 % 8000) * ${GiB}, repeat('W', 200), now(), 1, 1,
       (n::bigint * 982451653) % ${8000 * GiB}, 'apparent', now() - interval '1 minute' * n, ${far},
       case when n % 3 = 0 then repeat('Something of it is odd. ', 20) end
     from generate_series(1, $2::int) n returning id`,
    [ground.personId, count],
  );
  await tellServer(ground);
  return Number(rows[0].id);
}

/** The server keeps all of it in memory: it reads anew. */
async function tellServer({ sql }: Pick<Ground, "sql">): Promise<void> {
  await sql(
    `insert into events (type, subject_kind, subject_id, visibility, data)
     values ('storage.counted', 'storage', 'all', 'internal', '{"ids": null}')`,
  );
}
