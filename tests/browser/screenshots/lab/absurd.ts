import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { manyAtHub } from "./hub.ts";
import { done, type Ground, type Lab, makeWorkspace, startTerminal } from "./lab.ts";
import { absurdNames } from "./people.ts";
import { manyStorages } from "./storage.ts";

const many = 10_000;
const name = "($1::text[])[1 + n % array_length($1::text[], 1)]";

/** The longest names that there can be, in every direction, and ten thousand of everything. */
export async function absurdLab(ground: Ground): Promise<Lab> {
  const { url, admin, person, personId, sql, stoa } = ground;
  const workspace = await makeWorkspace(person, "W".repeat(64), absurdNames.join(" "), { "notes.md": "# x\n" });
  manyFiles(join(stoa.dataDir, "workspaces", String(personId), String(workspace)));
  await manyPeople(ground);
  const group = await manyGroups(ground);
  await manyWorkspaces(ground);
  const session = await startTerminal(person, workspace);
  const ended = await manySessions(ground, workspace);
  await manyRecords(ground);
  await manyAtHub(ground);
  const storage = await manyStorages(ground, 2_000);
  const { rows } = await sql("select id from accounts where username like 'absurd%' order by id limit 40");
  const ids = rows.map(({ id }: { id: string }) => Number(id));
  // Not the one with the files: each receiver would get a copy of all ten thousand.
  const given = await makeWorkspace(person, "و".repeat(64), "", { "a.txt": "a\n" });
  await done(person, "POST", `/api/stoa/v1/workspaces/${given}/shares`, { account_ids: ids });
  const theirs = await makeWorkspace(admin, "پ".repeat(64), "", {});
  const sharedSession = await startTerminal(admin, theirs);
  await done(admin, "POST", `/api/stoa/v1/sessions/${sharedSession}/viewers`, { account_id: personId });
  await done(admin, "POST", `/api/stoa/v1/workspaces/${theirs}/shares`, { account_ids: [personId] });
  await sleep(4_000);
  return { url, admin, person, workspace, session, ended, sharedSession, group, storage, personId };
}

/** At the root of a workspace, past the API; names as long as a file system has them. */
function manyFiles(folder: string): void {
  for (const one of absurdNames) {
    const short = cut(one.replaceAll("/", "∕"), 240);
    writeFileSync(join(folder, `${short}.txt`), one);
    mkdirSync(join(folder, `${short}.d`));
  }
  for (let at = 0; at < many; at += 1) writeFileSync(join(folder, `row-${String(at).padStart(5, "0")}.csv`), "a,b\n");
}

/** Bytes of UTF-8, whole letters. */
function cut(text: string, bytes: number): string {
  let short = text;
  while (Buffer.byteLength(short) > bytes) short = short.slice(0, -1);
  return short.toWellFormed();
}

async function manyPeople({ sql }: Ground): Promise<void> {
  await sql(
    `insert into accounts (username, username_key, email, full_name, organization, created_at, last_login_at)
     select 'absurd' || n, 'absurd' || n, 'absurd' || n || case when n % 10 = 0 then repeat('x', 200) else '' end || '@' ||
       'reef.example', ${name}, case when n % 3 = 0 then ${name} end, now() - interval '1 minute' * n,
       now() - interval '1 second' * n from generate_series(1, ${many}) n`,
    [absurdNames],
  );
}

async function manyGroups({ sql, personId }: Ground): Promise<number> {
  const { rows } = await sql(
    `insert into groups (name, name_key, description)
     select ${name} || n, ${name} || n, ${name} from generate_series(1, 300) n returning id`,
    [absurdNames],
  );
  await sql(
    `insert into group_members (group_id, account_id, is_owner)
     select id, $1, true from groups where not built_in`,
    [personId],
  );
  const group = Number(rows[0].id);
  await sql(
    `insert into group_members (group_id, account_id)
     select $1, id from accounts where username like 'absurd%' and id % 5 = 0`,
    [group],
  );
  return group;
}

/** Within what a person may have. */
async function manyWorkspaces({ sql, personId }: Ground): Promise<void> {
  await sql(
    `insert into workspaces (owner_id, name, description, disk_space, modified_at)
     select $2, left(${name} || n, 64), ${name}, (n::bigint * 982451653) % 99999999999, now() - interval '1 hour' * n
     from generate_series(1, 900) n`,
    [absurdNames, personId],
  );
}

async function manySessions({ sql, personId }: Ground, workspace: number): Promise<number> {
  const { rows } = await sql(
    `insert into jobs (owner_id, workspace_id, job_type, resource, node_id, marker, desired, status, reason, cpus,
       created_at, started_at, ended_at, exit_code, core_hours)
     select $2, $3, 'terminal', 'local', 'main', gen_random_uuid(), 'stopped',
       case when n % 2 = 1 then 'failed' else 'complete' end, ${name}, 64, now() - interval '2 hours' * (10001 - n),
       now() - interval '2 hours' * (10001 - n), now() - interval '1 hour' * (10001 - n), n % 256, 99999.12345
     from generate_series(1, ${many}) n returning id`,
    [absurdNames, personId, workspace],
  );
  return Number(rows[0].id);
}

/** Operations, mails, audit entries. */
async function manyRecords({ sql, personId }: Ground): Promise<void> {
  await sql(
    `insert into operations (id, kind, subject_kind, subject_id, actor_id, actor_label, audience, state, message, input,
       error, attempt, max_attempts, cancellable, exclusive, queue, created_at, started_at, finished_at)
     select gen_random_uuid(), 'workspace.share', 'workspace', n::text, $2, ${name}, array[$2::bigint],
       case when n % 2 = 1 then 'failed' else 'succeeded' end, ${name}, '{}',
       case when n % 2 = 1 then jsonb_build_object('code', 'internal', 'message', ${name}) end, 1, 5, false, false, 'none',
       now() - interval '1 minute' * n, now() - interval '1 minute' * n, now() - interval '50 seconds' * n
     from generate_series(1, ${many}) n`,
    [absurdNames, personId],
  );
  await sql(
    `insert into operation_viewers (account_id, seq) select $1, seq from operations where actor_id = $1
     on conflict do nothing`,
    [personId],
  );
  await sql(
    `insert into mails (recipient, subject, locale, state, last_error, created_at)
     select 'r' || n || '@reef.example', ${name}, 'en', 'kept', ${name}, now() - interval '1 minute' * n
     from generate_series(1, ${many}) n`,
    [absurdNames],
  );
  await sql(
    `with written as (insert into audit_entries (action, actor_id, actor_label, subject_kind, subject_id, subject_label,
         outcome, details, at)
       select 'workspace.create', $2, ${name}, 'workspace', n::text, ${name}, 'done', '{}', now() - interval '1 minute' * n
       from generate_series(1, ${many}) n returning id)
     insert into audit_unsealed (entry_id) select id from written`,
    [absurdNames, personId],
  );
}
