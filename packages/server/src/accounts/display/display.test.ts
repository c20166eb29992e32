import { afterAll, beforeAll, expect, it } from "vitest";
import { type AccountsServer, type Browser, createAccountsServer } from "../../testing/accounts-server.ts";

let server: AccountsServer;
let ada: Browser;
let eve: Browser;
beforeAll(async () => {
  server = await createAccountsServer();
  await server.person("ada");
  await server.person("eve");
  ada = await server.signIn("ada");
  eve = await server.signIn("eve");
});
afterAll(() => server.close());

const change = (body: unknown) => server.call("PATCH", "/api/stoa/v1/account/display", { as: ada, body });
const shown = async (as: Browser) =>
  ((await server.call("GET", "/api/stoa/v1/auth/session", { as })).body as { display: unknown }).display;

it("is nothing until something is chosen, then what was chosen, in every browser, and nobody else's", async () => {
  expect(await shown(ada)).toBeNull();
  const first = { calendar: "auto", digits: "latin", color_scheme: "auto", tour_done: false };
  expect((await change({ digits: "latin" })).body).toEqual(first);
  expect((await change({ tour_done: true, color_scheme: "dark" })).body).toEqual({
    ...first,
    tour_done: true,
    color_scheme: "dark",
  });
  expect((await change({})).body).toEqual({ ...first, tour_done: true, color_scheme: "dark" });
  expect(await shown(await server.signIn("ada"))).toEqual({ ...first, tour_done: true, color_scheme: "dark" });
  expect(await shown(eve)).toBeNull();
});

it.each([{ digits: "roman" }, { calendar: 3 }, { color_scheme: null }, { tour_done: "maybe" }])(
  "does not take %j",
  async (body) => expect((await change(body)).status).toBe(400),
);

it("leaves an entry with what was changed, and tells the person's other windows", async () => {
  await server.database.pool.query("delete from account_display");
  await change({ calendar: "persian" });
  const { rows } = await server.database.pool.query(
    "select details from audit_entries where action = 'account.display' order by id desc limit 1",
  );
  expect(rows).toEqual([{ details: JSON.stringify({ changed: ["calendar"] }) }]);
  const events = await server.database.pool.query(
    "select data ->> 'action' as action from events where type = 'account.changed' order by id desc limit 1",
  );
  expect(events.rows).toEqual([{ action: "account.display" }]);
});
