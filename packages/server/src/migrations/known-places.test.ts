import { expect, it } from "vitest";
import { migrateToLatest } from "../platform/database/migrate.ts";
import { createTestDatabase } from "../testing/test-database.ts";
import { migrations } from "./index.ts";

it("an upgrade knows where people signed in from, so that the first new network is told", async () => {
  const { db, pool, drop } = await createTestDatabase({ migrated: false });
  const all = Object.entries(migrations);
  const index = all.findIndex(([name]) => name.startsWith("0019"));
  await migrateToLatest(db, Object.fromEntries(all.slice(0, index)));
  const account = async (name: string, seen: boolean) => {
    const { rows } = await pool.query(
      `insert into accounts (username, username_key, email, full_name, password_hash, status, last_login_at)
       values ($1, $1, $1 || '@x.y', $1, 'x', 'active', $2) returning id`,
      [name, seen ? new Date() : null],
    );
    return (rows[0] as { id: number }).id;
  };
  const [ada, bob, cyn] = [await account("ada", true), await account("bob", true), await account("cyn", false)];
  await pool.query(
    `insert into web_sessions (id, account_id, secret_hash, idle_expires_at, absolute_expires_at, last_ip) values
       ('a', $1, 'a', now(), now(), '::ffff:192.0.2.7'), ('b', $1, 'b', now(), now(), '2001:db8:1:2::3%eth0'),
       ('c', $1, 'c', now(), now(), 'nonsense'), ('d', $1, 'd', now(), now(), null)`,
    [ada],
  );
  await pool.query(
    `insert into audit_entries (action, actor_id, actor_label, subject_kind, subject_id, outcome, address, details)
     values ('account.sign-in', $1, 'ada', 'account', '1', 'done', '198.51.100.9', '{}')`,
    [ada],
  );
  await migrateToLatest(db, Object.fromEntries(all.slice(0, index + 1)));
  const { rows } = await pool.query("select account_id, place::text from sign_in_places order by account_id, place");
  expect(rows).toEqual([
    { account_id: ada, place: "192.0.2.0/24" },
    { account_id: ada, place: "198.51.100.0/24" },
    { account_id: ada, place: "2001:db8:1::/48" },
    // Seen before, nobody knows where any more: whatever comes is new.
    { account_id: bob, place: "0.0.0.0/32" },
  ]);
  expect(cyn).toBeGreaterThan(0);
  await drop();
});
