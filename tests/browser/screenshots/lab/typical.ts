import { setTimeout as sleep } from "node:timers/promises";
import { accessToken, signIn } from "../../../support/portal-client.ts";
import { password } from "../../people.ts";
import { makeHub } from "./hub.ts";
import { done, type Ground, type Lab, makeWorkspace, startTerminal } from "./lab.ts";
import { colleagues } from "./people.ts";
import { makeStorage } from "./storage.ts";

const notes = `# Reef survey, autumn

Transects **1 to 14** are in \`transects.csv\`; the photographs follow.

| site | depth | cover |
|---|---|---|
| Khark | 6 m | 41 % |
| Larak | 9 m | 28 % |

- [x] dive log
- [ ] calibrate the *second* camera
`;
const table = `site,depth_m,coral_cover,date\n${Array.from({ length: 60 }, (_, at) => `transect ${at + 1},${(4 + (at % 9)).toFixed(1)},${(0.2 + (at % 7) / 20).toFixed(2)},2026-10-${String(1 + (at % 28)).padStart(2, "0")}`).join("\n")}\n`;
const notebook = JSON.stringify({
  cells: [
    { cell_type: "markdown", metadata: {}, source: ["## Bleaching index\n", "Weekly means of both loggers."] },
    {
      cell_type: "code",
      execution_count: 1,
      metadata: {},
      outputs: [{ output_type: "stream", name: "stdout", text: ["mean 0.31, median 0.28\n"] }],
      source: ["values = [0.28, 0.31, 0.35]\n", "print(f'mean {sum(values)/3:.2f}, median 0.28')"],
    },
  ],
  metadata: { kernelspec: { name: "python3", display_name: "Python 3" } },
  nbformat: 4,
  nbformat_minor: 5,
});

const workspaces = [
  ["Reef survey", "Transects and photographs of the autumn dives"],
  ["دادهٔ آب‌سنج‌ها", "اندازه‌گیری‌های ساعتی دما و شوری"],
  ["Coral genomes", "Assembly of Acropora, second try"],
  ["Thesis figures", ""],
  ["Course: statistics 2", "Exercises of week 1 to 9"],
  ["tmp", ""],
  ["Satellite temperatures 2015–2026", "Weekly means from the remote sensing group, as they deliver them"],
] as const;

/** Twelve people, eight workspaces, sessions that run and that ended, shares, groups, trash, mails. */
export async function typicalLab(ground: Ground): Promise<Lab> {
  const { url, admin, person, personId, sql } = ground;
  const ids = await makeColleagues(ground);
  const made: number[] = [];
  for (const [name, description] of workspaces) {
    made.push(await makeWorkspace(person, name, description, { "README.txt": `${name}\n` }));
  }
  const workspace = made[0] ?? 0;
  await fillWorkspace(ground, workspace);
  const group = await makeGroups(ground, ids);
  await share(ground, workspace, ids);
  const session = await startTerminal(person, workspace);
  await startTerminal(person, made[2] ?? 0);
  const theirs = await makeWorkspace(admin, "Server checks", "Weekly", { "check.sh": "df -h\n" });
  const sharedSession = await startTerminal(admin, theirs);
  for (const [one, who] of [
    [sharedSession, personId],
    [session, ids[0]],
  ]) {
    const client = one === session ? person : admin;
    await done(client, "POST", `/api/stoa/v1/sessions/${one}/viewers`, { account_id: who });
  }
  const ended = await pastSessions(ground, made);
  await accountThings(ground);
  await makeHub(ground, personId, ids);
  const storage = await makeStorage(ground, { personId, ids, group });
  await sql(
    `update workspaces set created_at = now() - interval '1 day' * (id * 3), modified_at = now() - interval '5 hours' * id,
       disk_space = (id * 7919 % 97 + 1) * 31457280 where owner_id = $1`,
    [personId],
  );
  await sleep(2_000);
  return { url, admin, person, workspace, session, ended, sharedSession, group, storage, personId };
}

async function makeColleagues({ sql }: Ground): Promise<number[]> {
  const ids: number[] = [];
  for (const [username, fullName, organization, days] of colleagues) {
    const { rows } = await sql(
      `insert into accounts (username, username_key, email, full_name, organization, created_at, last_login_at,
         email_verified_at, status)
       values ($1, $1, $1 || '@reef.example', $2, $3, now() - interval '300 days', now() - interval '1 day' * $4::int,
         now() - interval '299 days', case when $4::int > 300 then 'deactivated' else 'active' end) returning id`,
      [username, fullName, organization, days],
    );
    ids.push(Number(rows[0].id));
  }
  return ids;
}

async function fillWorkspace({ person }: Ground, workspace: number): Promise<void> {
  const files = `/api/stoa/v1/workspaces/${workspace}/files`;
  for (const folder of ["photographs", "scripts", "scripts/old", "results"]) {
    await done(person, "POST", `${files}/folder`, { path: folder });
  }
  const put = (path: string, text: string) =>
    person.call("PUT", `${files}/content?path=${encodeURIComponent(path)}`, text, {
      "content-type": "application/octet-stream",
    });
  await put("notes.md", notes);
  await put("transects.csv", table);
  await put("bleaching.ipynb", notebook);
  await put("یادداشت‌های غواصی.txt", "عمق ۶ متر، دید خوب\n");
  await put("draft.txt", "to be thrown away\n");
  await put("scripts/cover.py", "print('cover')\n");
  await put("model-output-2026-11-03-final-v2.bin", "0".repeat(2_000_000));
  await done(person, "DELETE", `${files}?path=draft.txt`);
  await done(person, "DELETE", `${files}?path=scripts%2Fold`);
}

async function makeGroups({ person, personId, admin }: Ground, ids: readonly number[]): Promise<number> {
  const { id } = await done(admin, "POST", "/api/stoa/v1/groups", {
    name: "Reef team",
    description: "Who dives, and who counts afterwards",
  });
  await done(admin, "PUT", `/api/stoa/v1/groups/${id}/members/${personId}`, { role: "owner" });
  for (const member of ids.slice(0, 5)) {
    await done(person, "PUT", `/api/stoa/v1/groups/${id}/members/${member}`, { role: "member" });
  }
  await done(admin, "POST", "/api/stoa/v1/groups", { name: "گروه ژنتیک", description: "" });
  return id;
}

/** One that was offered to the person, some that the person offered. */
async function share({ person, admin, personId, sql }: Ground, workspace: number, ids: readonly number[]) {
  await done(person, "POST", `/api/stoa/v1/workspaces/${workspace}/shares`, { account_ids: ids.slice(0, 3) });
  const gift = await makeWorkspace(admin, "Sampling protocol", "For everybody who takes samples", { "a.txt": "a\n" });
  await done(admin, "POST", `/api/stoa/v1/workspaces/${gift}/shares`, { account_ids: [personId] });
  await sleep(3_000);
  await sql(
    `update workspace_shares set answer = 'declined', answer_reason = 'No room left here', answered_at = now()
     where receiver_id = $1 and copy_state = 'ready'`,
    [ids[1]],
  );
}

/** @returns the newest of those that failed */
async function pastSessions({ sql, personId }: Ground, made: readonly number[]): Promise<number> {
  const { rows } = await sql(
    `insert into jobs (owner_id, workspace_id, job_type, resource, node_id, marker, desired, status, reason, cpus,
       time_limit_seconds, created_at, started_at, ready_at, ended_at, exit_code, core_hours)
     select $1, ($2::bigint[])[1 + n % 5], (array['terminal', 'jupyter_lab', 'terminal'])[1 + n % 3], 'local', 'main',
       gen_random_uuid(), 'stopped', case when n % 6 = 1 then 'failed' else 'complete' end,
       case when n % 6 = 1 then 'It needed more memory than it may have: it took 4100 MiB, and 4096 MiB are allowed.' end,
       1 + n % 4, 28800,
       now() - interval '9 hours' * (41 - n), now() - interval '9 hours' * (41 - n), now() - interval '9 hours' * (41 - n) + interval '4 seconds',
       now() - interval '9 hours' * (41 - n) + interval '11 minutes' * (n % 17 + 1), case when n % 6 = 1 then 137 else 0 end,
       (1 + n % 4) * (n % 17 + 1) * 0.1833
     from generate_series(1, 40) n returning id, status`,
    [personId, made],
  );
  return Number(rows.findLast(({ status }) => status === "failed").id);
}

/** Sign-ins, tokens, services, mails that wait, a core-hour limit, failed sign-ins. */
async function accountThings({ url, username, admin, person, personId, sql }: Ground): Promise<void> {
  // Elsewhere too: those can be ended from here.
  await signIn(url, username, password);
  await accessToken(url, username, password);
  await done(person, "POST", "/api/stoa/v1/account/tokens", {
    label: "laptop",
    scopes: ["workspaces:read"],
    expiry: new Date(Date.now() + 30 * 86_400_000).toISOString(),
  }).catch((error: unknown) => console.warn(String(error)));
  await done(admin, "POST", "/api/stoa/v1/services", {
    username: "course-portal",
    description: "Brings the students of the statistics course",
    api_client: true,
  });
  await done(admin, "PUT", `/api/stoa/v1/people/${personId}/core-hours`, { allowed: "200", period: "month" });
  await sql(
    `insert into failed_sign_ins (account_id, at, address, step, count) values
       ($1, now() - interval '2 hours', '203.0.113.7', 'password', 3)`,
    [personId],
  );
  // One that is really kept, for its text, and what became of others.
  await done(admin, "POST", "/api/stoa/v1/auth/reset/request", { login: "shirin" });
  await sql(
    `insert into mails (recipient, subject, locale, state, attempts, last_error, created_at)
     select 'person' || n || '@reef.example', 'Reset your password', 'en',
       (array['kept', 'sent', 'failed'])[1 + n % 3], n % 4, case when n % 3 = 2 then 'mailbox unavailable' end,
       now() - interval '3 hours' * n from generate_series(1, 9) n`,
  );
}
