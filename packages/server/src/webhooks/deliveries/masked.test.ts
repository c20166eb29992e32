import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { TestPerson } from "../../testing/accounts-server.ts";
import { createReceiver, createStage, type Receiver, type Stage } from "../testing-webhooks.ts";

const SECRET = "T0K3N-of-the-receiver";
let receiver: Receiver;
let stage: Stage;
let bob: TestPerson;
let boss: TestPerson;
let id: number;

beforeAll(async () => {
  receiver = await createReceiver();
  stage = await createStage({ receivers: [receiver], perPerson: 5 });
  [bob, boss] = [await stage.server.person("bob"), await stage.server.admin()];
});
afterAll(async () => {
  await stage.close();
  await receiver.close();
});
let session = 0;
async function failsBy(location: (path: string) => string, person = bob): Promise<void> {
  receiver.behave = (req, res) => res.writeHead(308, { location: location(req.url ?? "") }).end(`no ${SECRET} here`);
  id = (await stage.endpoint(person, `${receiver.url}/${SECRET}?key=${SECRET}`)).id;
  session += 1;
  const subject = { kind: "session", id: String(session) };
  await stage.publish({ type: "session.status", audience: [person.id], subject, data: { status: "failed" } });
  await stage.run();
}
beforeEach(() => stage.sql("delete from webhook_endpoints"));

/** All that is read of it below an address. */
async function read(get: (path: string) => Promise<{ body: unknown }>, base: string): Promise<string> {
  const [delivery] = await stage.sql<{ id: number }>("select id from webhook_deliveries where endpoint_id = $1", [id]);
  const paths = [base, `${base}/${id}`, `${base}/${id}/deliveries`, `${base}/${id}/deliveries/${delivery?.id}`];
  const found = await Promise.all(paths.map(get));
  return JSON.stringify(found.map(({ body }) => body));
}
const as = (person: TestPerson) => (path: string) => stage.call(person, "GET", path);

it.each([
  ["a path alone", (path: string) => `${path}/`],
  ["a whole address", (path: string) => `http://127.0.0.1:9${path}`],
  ["no address at all", (path: string) => `http://[${path}`],
])("a receiver's path and answers are its owner's to see, not an administrator's: %s", async (_what, location) => {
  await failsBy(location);
  const seen = await read(as(boss), "/admin/webhooks");
  expect(seen).not.toContain(SECRET);
  expect(seen).toContain(new URL(receiver.url).origin);
  expect(seen).toContain("redirect");
  expect(await read(as(bob), "/webhooks")).toContain(SECRET);
});

it("administrators see the whole of their own there, too", async () => {
  await failsBy((path) => `${path}/`, boss);
  expect(await read(as(boss), "/admin/webhooks")).toContain(SECRET);
});

it("whoever acts as its owner sees no more than any administrator", async () => {
  await failsBy((path) => `${path}/`);
  const signedIn = await stage.server.signIn(boss.username);
  const begun = await stage.server.call("POST", `/api/stoa/v1/people/${bob.id}/act-as`, {
    as: signedIn,
    body: { reason: "helping with a webhook", minutes: 5, current_password: "correct horse battery" },
  });
  expect(begun.status).toBe(200);
  const cookie = [begun.headers["set-cookie"] ?? []]
    .flat()
    .map(String)
    .find((one) => one.startsWith("stoa_session="));
  const headers = {
    ...{ host: "localhost:8080", origin: "http://localhost:8080", "sec-fetch-site": "same-origin" },
    cookie: cookie?.split(";")[0] ?? "",
  };
  const get = async (path: string) => {
    const answer = await stage.server.app.inject({ method: "GET", url: `/api/stoa/v1${path}`, headers });
    expect(answer.statusCode, path).toBe(200);
    return { body: answer.json() as unknown };
  };
  const seen = await read(get, "/webhooks");
  expect(seen).toContain(new URL(receiver.url).origin);
  expect(seen).not.toContain(SECRET);
});
