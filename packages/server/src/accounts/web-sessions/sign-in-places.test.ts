import { afterAll, beforeAll, expect, it } from "vitest";
import { type AccountsServer, createAccountsServer, PASSWORD } from "../../testing/accounts-server.ts";

let server: AccountsServer;
beforeAll(async () => {
  server = await createAccountsServer();
});
afterAll(() => server.close());

const from = (username: string, address: string) =>
  server.call("POST", "/api/stoa/v1/auth/sign-in", {
    body: { username, password: PASSWORD },
    address,
    headers: { "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0" },
  });
async function told(id: number) {
  const text = "select said from notices where kind = 'sign-in.new' and account_id = $1 order by id";
  const { rows } = await server.database.pool.query(text, [id]);
  return rows.map(({ said }: { said: { agent: string | null; address: string } }) => [said.agent, said.address]);
}

it("tells of a network that one never signed in from, once, and not of the first", async () => {
  const { id } = await server.person("ada");
  await from("ada", "127.0.0.9");
  expect(await told(id)).toEqual([]);
  await from("ada", "192.0.2.7");
  await from("ada", "192.0.2.99");
  await from("ada", "::ffff:192.0.2.8");
  expect(await told(id)).toEqual([["Firefox, Linux", "192.0.2.7"]]);
  await from("ada", "2001:db8:1:2::3");
  await from("ada", "2001:db8:1:ffff::4");
  expect(await told(id)).toHaveLength(2);
});

it("tells of tokens, too, and nothing of a wrong password", async () => {
  const { id } = await server.person("bob");
  const token = (password: string) =>
    server.call("POST", "/api/token", { form: { username: "bob", password }, address: "198.51.100.1" });
  await token("wrong");
  expect(await told(id)).toEqual([]);
  await token(PASSWORD);
  expect(await told(id)).toEqual([[null, "198.51.100.1"]]);
});
