import { afterAll, beforeAll, expect, it } from "vitest";
import { type AccountsServer, createAccountsServer } from "../testing/accounts-server.ts";
import type { AccountTables } from "./tables.ts";
import { tidy } from "./tidy.ts";

let server: AccountsServer;
beforeAll(async () => {
  server = await createAccountsServer();
});
afterAll(() => server.close());

it("forgets a web session a season after it ran out", async () => {
  const rows = (text: string, values: unknown[] = []) => server.database.pool.query(text, values);
  const { id } = await server.person("eve");
  await rows(
    `insert into web_sessions (id, account_id, secret_hash, idle_expires_at, absolute_expires_at)
     select n, $1, sha256(n::text::bytea), now() - make_interval(days => n), now() + interval '1 day'
     from unnest(array[-1, 1, 89, 91]) n`,
    [id],
  );
  expect(await tidy(server.platform.db.withTables<AccountTables>())).toMatchObject({ webSessions: 1 });
  const left = await rows("select id from web_sessions where account_id = $1 order by id::int", [id]);
  expect(left.rows.map((row: { id: string }) => row.id)).toEqual(["-1", "1", "89"]);
});

it("forgets links that are over, whoever had them made, and no others", async () => {
  const ada = await server.person("ada");
  const rows = (text: string, values: unknown[] = []) => server.database.pool.query(text, values);
  await rows(
    `insert into account_links (account_id, purpose, secret_hash, expires_at)
     select $1, 'reset', sha256(n::text::bytea), now() + make_interval(hours => n) from generate_series(-3, 2) n`,
    [ada.id],
  );
  expect(await tidy(server.platform.db.withTables<AccountTables>())).toMatchObject({ links: 4 });
  expect((await rows("select 1 from account_links where expires_at > now()")).rowCount).toBe(2);
  expect((await rows("select 1 from account_links")).rowCount).toBe(2);
});
