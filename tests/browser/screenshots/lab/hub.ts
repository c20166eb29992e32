import { type HubDouble, startHubDouble } from "../../../../packages/server/src/hub/testing/hub-double.ts";
import { accessToken } from "../../../support/portal-client.ts";
import { password } from "../../people.ts";
import { done, type Ground } from "./lab.ts";
import { absurdNames, colleagues } from "./people.ts";

/** A JupyterHub for a ground to begin with, and what its server has to be told of it. */
export async function startLabHub(): Promise<{ hub: HubDouble; env: Readonly<Record<string, string>> }> {
  const hub = await startHubDouble();
  // What starts while pictures are taken is still on its way.
  hub.spawn = () => ({ readyMs: 3_600_000, messages: ["Pulling the image registry.example/model:2026"] });
  const env = {
    JUPYTERHUB_API_URL: hub.apiUrl,
    JUPYTERHUB_API_TOKEN: hub.token,
    JUPYTERHUB_PUBLIC_URL: "https://hub.reef.example",
    JUPYTERHUB_NAMED_SERVERS: "on",
    JUPYTERHUB_IDLE_MINUTES: "240",
  };
  return { hub, env };
}

interface LabServer {
  readonly server: string;
  readonly hours: number;
}

/** Somebody's user at the hub, with servers that run; as if Stoa had just seen them. */
async function withServers(
  { hub, sql }: Ground,
  accountId: number | null,
  user: string,
  servers: readonly LabServer[],
) {
  const created = new Date(Date.now() - 90 * 86_400_000);
  hub.addUser(user, { created });
  await sql(
    `insert into hub_seen_users (name, is_admin, created_at, last_activity, seen_at) values ($1, false, $2, now(), now())`,
    [user, created],
  );
  if (accountId !== null) {
    // Whoever registered here has one already, by the name they had then.
    await sql(
      `insert into hub_users (account_id, name, state, made_at, hub_created_at) values ($1, $2, 'ours', $3, $3)
       on conflict (account_id) do update set name = $2, state = 'ours', made_at = $3, hub_created_at = $3, retry_at = null`,
      [accountId, user, created],
    );
  }
  for (const { server, hours } of servers) {
    const started = new Date(Date.now() - hours * 3_600_000);
    hub.runs(user, server, started);
    await sql(
      `insert into hub_servers (user_name, server, state, url, started_at, last_activity, network_at)
       values ($1, $2, 'ready', $3, $4, now(), now())`,
      [user, server, `/user/${encodeURIComponent(user)}/${encodeURIComponent(server)}`, started],
    );
  }
}

/** One whose server runs, one whose last start failed, a dozen at work, a year of runs, a webhook that fails. */
export async function makeHub(ground: Ground, personId: number, ids: readonly number[]): Promise<void> {
  const { sql } = ground;
  await withServers(ground, personId, "shirin", [
    { server: "", hours: 3 },
    { server: "gpu", hours: 0.4 },
  ]);
  for (const [at, id] of ids.entries()) {
    const name = colleagues[at]?.[0] ?? `colleague-${at}`;
    await withServers(ground, id, name, at % 3 === 2 ? [] : [{ server: "", hours: 1 + at * 7 }]);
  }
  await withServers(ground, null, "nobody-knows", [{ server: "", hours: 700 }]);
  await sql(
    `insert into hub_servers (user_name, server, state, stopped_because, stopped_at)
     values ('shirin', 'old-model', 'stopped', 'idle', now() - interval '2 days')`,
  );
  await failedLaunch(ground, personId, "old-model", "The image registry.example/model:2025 was not found");
  await calls(ground);
  await runs(ground, code);
  await figures(ground, ids);
  await webhook(ground, "Course portal", "https://hooks.course.example/stoa");
}

async function failedLaunch({ sql }: Ground, accountId: number, server: string, said: string): Promise<void> {
  await sql(
    `insert into hub_launches (account_id, server, operation_id, state, cause, said, begun_at, ended_at)
     values ($1, $2, gen_random_uuid(), 'failed', 'spawn_failed', $3, now() - interval '2 days',
       now() - interval '2 days' + interval '40 seconds')`,
    [accountId, server, said],
  );
}

/** An hour of what the hub was asked, with a bad quarter. */
async function calls({ sql }: Ground): Promise<void> {
  await sql(
    `insert into hub_calls (minute, call, outcome, calls, retries, milliseconds, slowest)
     select date_trunc('minute', now()) - interval '1 minute' * n, call, outcome, 1 + n % 4, n % 2, (1 + n % 4) * 40, 90
     from generate_series(1, 60) n, unnest(array['users', 'user', 'startServer']) call,
       unnest(case when n between 20 and 34 then array['ok', 'timeout'] else array['ok'] end) outcome
     on conflict do nothing`,
  );
  await sql(
    `insert into hub_failures (at, call, cause, said)
     select now() - interval '1 minute' * n, 'users', 'hub_down', 'The hub did not answer within 2 seconds'
     from generate_series(20, 34) n`,
  );
}

const code = [
  "import pandas as pd\ntransects = pd.read_csv('transects.csv')\ntransects.groupby('site').coral_cover.mean()",
  "values.mean()",
  "model.fit(x, y)  # takes a while",
  "رسم = نمودار(دما)",
  "1 / 0",
] as const;

/** As the person's own kernel has reported over half a year. */
async function runs({ url, username }: Ground, texts: readonly string[]): Promise<void> {
  const token = await accessToken(url, username, password);
  const executions = Array.from({ length: 180 }, (_, at) => ({
    timestamp: new Date(Date.now() - ((at * 37) % 180) * 86_400_000 - at * 60_000).toISOString(),
    code: texts[at % texts.length] ?? "",
    execution_time_ms: 20 + ((at * 7919) % 90_000),
    cell_number: at,
    status: at % 9 === 4 ? "error" : "success",
    ...(at % 9 === 4 ? { error_message: `ZeroDivisionError: ${texts[at % texts.length]?.slice(0, 300)}` } : {}),
  }));
  const answer = await fetch(`${url}/api/audit-logs`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ executions }),
  });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
}

/** What the others ran, by days. */
async function figures({ sql }: Ground, ids: readonly number[]): Promise<void> {
  await sql(
    `insert into activity_days (account_id, day, executions, errors, milliseconds, last_at)
     select id, (now() at time zone 'utc')::date - n, 1 + (id * 31 + n * 7) % 60, (id + n) % 5, ((id + n) % 50) * 60000,
       now() - interval '1 day' * n
     from unnest($1::bigint[]) id, generate_series(0, 120) n where (id + n) % 4 <> 0`,
    [ids],
  );
  await sql(
    `insert into activity_totals (account_id, executions, errors, milliseconds, last_at)
     select account_id, sum(executions), sum(errors), sum(milliseconds), max(last_at) from activity_days
     where account_id = any($1) group by account_id`,
    [ids],
  );
}

async function webhook({ person, sql }: Ground, name: string, url: string): Promise<void> {
  const made = await done(person, "POST", "/api/stoa/v1/webhooks", { name, url, types: ["session.*", "server.*"] });
  await sql(
    `insert into webhook_deliveries (endpoint_id, event_id, type, body, state, attempts, next_at, created_at, finished_at)
     select $1, gen_random_uuid()::text, (array['server.ready', 'server.stopped', 'session.ready'])[1 + n % 3],
       '{"type":"server.ready","data":{"server":""}}', case when n % 4 = 1 then 'failed' else 'delivered' end, 1 + n % 3,
       now(), now() - interval '3 hours' * n, now() - interval '3 hours' * n + interval '1 second'
     from generate_series(1, 60) n`,
    [made.id],
  );
}

/** Names as long as there are, hundreds of servers, failures that say much, thousands of runs that break layouts. */
export async function manyAtHub(ground: Ground): Promise<void> {
  const { personId, sql, hub } = ground;
  const long = (at: number) => `${"very-long-name-".repeat(12)}${at}`;
  await withServers(ground, personId, "shirin", [
    { server: "", hours: 9_000 },
    ...Array.from({ length: 8 }, (_, at) => ({ server: long(at), hours: at * 400 })),
  ]);
  for (let at = 0; at < 300; at += 1) await withServers(ground, null, long(at + 100), [{ server: "", hours: at * 29 }]);
  await failedLaunch(ground, personId, long(99), absurdNames.join("\n"));
  await sql(
    `insert into hub_failures (at, call, cause, said)
     select now() - interval '1 minute' * n, 'startServer', 'spawn_failed', ($1::text[])[1 + n % 10]
     from generate_series(1, 400) n`,
    [absurdNames],
  );
  await calls(ground);
  for (let round = 0; round < 5; round += 1) await runs(ground, absurdNames);
  const { rows } = await sql("select id from accounts where username like 'absurd%' order by id limit 2000");
  await figures(
    ground,
    rows.map(({ id }: { id: string }) => Number(id)),
  );
  // As many as a person may have.
  for (let at = 0; at < 5; at += 1)
    await webhook(
      ground,
      absurdNames[at]?.slice(0, 60) ?? "",
      `https://${"w".repeat(60)}.example/${"x".repeat(900)}${at}`,
    );
  hub.limit = 0;
}
