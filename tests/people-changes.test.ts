import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createGround, type Ground, type Person } from "./routes/ground.ts";

let ground: Ground;
let people: Person[];
let ids: number[];
beforeAll(async () => {
  ground = await createGround();
  people = [await ground.newPerson("ada"), await ground.newPerson("bob"), await ground.newPerson("cyd")];
  ids = people.map(({ id }) => id);
}, 60_000);
afterAll(() => ground.close(), 30_000);

const at = "/api/stoa/v1/people/changes";
const query = async (text: string, values: unknown[] = []) => (await ground.database.pool.query(text, values)).rows;
const call = (method: string, url: string, body?: unknown, as: string = ground.admin.jwt) =>
  ground.call(as, method, url, body);

/** Asks for it, and waits for its end. */
async function done(body: object, url = at) {
  const asked = await call("POST", url, body);
  expect(asked.status, asked.text).toBe(202);
  const id = asked.json.operation_id as string;
  await ground.stoa.platform.operations.wait(id, 30_000);
  return { id, result: (await call("GET", `${at}/${id}`)).json };
}
const statuses = async () =>
  (await query("select status from accounts where id = any($1) order by id", [ids])).map(({ status }) => status);

describe("a change of many people", () => {
  it("does each, protects one's own account, says whose was refused and why, and is undone", async () => {
    const { id, result } = await done({ verb: "deactivate", ids: [...ids, ground.admin.id] });
    expect(result).toMatchObject({
      state: "succeeded",
      total: 4,
      changed: 3,
      refused: 1,
      can_undo: true,
      refusals: [{ id: ground.admin.id, username: "admin", reason: "not_yourself" }],
    });
    expect(await statuses()).toEqual(["deactivated", "deactivated", "deactivated"]);
    const entries = await query(
      "select actor_id, subject_id from audit_entries where action = 'account.deactivate' order by subject_id",
    );
    expect(entries).toEqual(ids.map((one) => ({ actor_id: ground.admin.id, subject_id: String(one) })));
    const back = await done({}, `${at}/${id}/undo`);
    expect(back.result).toMatchObject({ total: 3, changed: 3, is_undo: true, can_undo: false });
    expect(await statuses()).toEqual(["active", "active", "active"]);
  });

  it("is of all that the list shows, where a filter is given, and approves nobody who was put out", async () => {
    await query("update accounts set status = 'pending' where id = any($1)", [ids.slice(0, 2)]);
    await query("update accounts set status = 'deactivated' where id = $1", [ids[2]]);
    expect((await done({ verb: "approve", ids })).result).toMatchObject({ changed: 2, unchanged: 1, can_undo: false });
    await query("update accounts set status = 'active' where id = $1", [ids[2]]);
    const all = await done({ verb: "activate", filter: { search: people[0]?.username ?? "" }, expected: 1 });
    expect(all.result).toMatchObject({ total: 1, unchanged: 1 });
  });

  it("adds to a group, and undone takes out those alone who were added", async () => {
    const { id: groupId } = (await call("POST", "/api/stoa/v1/groups", { name: "course" })).json;
    await query("insert into group_members (group_id, account_id) values ($1, $2)", [groupId, ids[0]]);
    const { id, result } = await done({ verb: "add-to-group", params: { group_id: groupId }, ids });
    expect(result).toMatchObject({ changed: 2, unchanged: 1 });
    await done({}, `${at}/${id}/undo`);
    const left = await query("select account_id from group_members where group_id = $1 and not is_owner", [groupId]);
    expect(left).toEqual([{ account_id: ids[0] }]);
  });

  it("sets core hours, and undone each has what they had", async () => {
    await call("PUT", `/api/stoa/v1/people/${ids[0]}/core-hours`, { allowed: "7", period: "total" });
    const { id, result } = await done({ verb: "core-hours", params: { allowed: "40", period: "month" }, ids });
    expect(result).toMatchObject({ changed: 3 });
    const quotas = () => query("select account_id, allowed::float, period from core_hour_quotas order by account_id");
    expect(await quotas()).toEqual(ids.map((one) => ({ account_id: one, allowed: 40, period: "month" })));
    await done({}, `${at}/${id}/undo`);
    expect(await quotas()).toEqual([{ account_id: ids[0], allowed: 7, period: "total" }]);
  });

  const undo = async (id: string) => call("POST", `${at}/${id}/undo`, {});
  const sets = (id: number | undefined, column: string, value: string | null) =>
    query(`update accounts set ${column} = $2 where id = $1`, [id, value]);

  it("is undone once: whoever was put out since stays out", async () => {
    const { id } = await done({ verb: "deactivate", ids });
    expect((await done({}, `${at}/${id}/undo`)).result).toMatchObject({ changed: 3 });
    expect((await call("GET", `${at}/${id}`)).json.can_undo).toBe(false);
    await call("PATCH", `/api/stoa/v1/people/${ids[0]}`, { active: false });
    expect((await undo(id)).status).toBe(422);
    expect(await statuses()).toEqual(["deactivated", "active", "active"]);
    await call("PATCH", `/api/stoa/v1/people/${ids[0]}`, { active: true });
  });

  it("undone leaves alone whom somebody has put out anew meanwhile, and says so", async () => {
    const { id } = await done({ verb: "deactivate", ids });
    for (const active of [true, false]) await call("PATCH", `/api/stoa/v1/people/${ids[0]}`, { active });
    const { result } = await done({}, `${at}/${id}/undo`);
    expect(result).toMatchObject({ changed: 2, refused: 1, refusals: [{ id: ids[0], reason: "changed_since" }] });
    expect(await statuses()).toEqual(["deactivated", "active", "active"]);
    await call("PATCH", `/api/stoa/v1/people/${ids[0]}`, { active: true });
  });

  it("undone lets those wait again who waited, with the address unproven as it was", async () => {
    await query("update accounts set status = 'pending', email_verified_at = null where id = $1", [ids[0]]);
    const { id } = await done({ verb: "activate", ids: [ids[0]] });
    expect((await done({}, `${at}/${id}/undo`)).result).toMatchObject({ changed: 1 });
    expect(await query("select status, email_verified_at from accounts where id = $1", [ids[0]])).toEqual([
      { status: "pending", email_verified_at: null },
    ]);
    await sets(ids[0], "status", "active");
  });

  it("undone leaves a limit of core hours that was set since", async () => {
    const { id } = await done({ verb: "core-hours", params: { allowed: "40", period: "month" }, ids });
    await call("PUT", `/api/stoa/v1/people/${ids[1]}/core-hours`, { allowed: "3", period: "month" });
    const { result } = await done({}, `${at}/${id}/undo`);
    expect(result).toMatchObject({ changed: 2, refusals: [{ id: ids[1], reason: "changed_since" }] });
    const kept = await query("select allowed::float from core_hour_quotas where account_id = $1", [ids[1]]);
    expect(kept).toEqual([{ allowed: 3 }]);
  });

  it("is undone only when it has ended", async () => {
    const { id } = await done({ verb: "deactivate", ids });
    await query("update operations set state = 'running' where id = $1", [id]);
    expect((await undo(id)).status).toBe(409);
    await query("update operations set state = 'succeeded' where id = $1", [id]);
    await done({}, `${at}/${id}/undo`);
  });

  it("asks of each person whether who asked is an administrator still", async () => {
    const helper = await ground.newPerson("helper");
    await sets(helper.id, "is_admin", "true");
    const wish = { verb: "core-hours", params: { allowed: "99", period: "total" }, ids: [ids[2]] };
    const before = await query("select allowed, period from core_hour_quotas where account_id = $1", [ids[2]]);
    // Asked for while an administrator; carried out when they are none any more.
    const queued = await ground.stoa.platform.db.transaction().execute(async (trx) => {
      const actor = { accountId: helper.id, label: helper.username, requestId: null, address: null };
      const input = {
        verb: wish.verb,
        params: wish.params,
        actor: { ...actor, credentialKind: "jwt", credentialId: "x" },
      };
      const subject = { kind: "people", id: "many" };
      const operation = await ground.stoa.platform.operations.enqueue(trx, {
        kind: "people.change",
        subject,
        actor,
        input,
      });
      await sql`insert into people_changes (operation_id, account_id) values (${operation.id}, ${ids[2]})`.execute(trx);
      await sql`update accounts set is_admin = false where id = ${helper.id}`.execute(trx);
      return operation.id;
    });
    const asked = queued;
    await ground.stoa.platform.operations.wait(asked, 30_000);
    expect((await call("GET", `${at}/${asked}`)).json).toMatchObject({ changed: 0, refused: 1 });
    expect(await query("select allowed, period from core_hour_quotas where account_id = $1", [ids[2]])).toEqual(before);
  });

  it("is neither stopped nor begun anew by a token", async () => {
    const token = await ground.admin.pat(["operations:read", "operations:write"]);
    const { id } = await done({ verb: "deactivate", ids: [ids[0]] });
    await query("update operations set state = 'failed' where id = $1", [id]);
    const operations = "/api/stoa/v1/operations";
    for (const [url, body] of [
      [`${operations}/${id}/retry`, {}],
      [`${operations}/retry`, { ids: [id] }],
      [`${operations}/retry`, { kind: "people.change" }],
    ] as const) {
      expect((await call("POST", url, body, token)).status, url).toBe(403);
    }
    await query("update operations set state = 'queued', not_before = now() + interval '1 hour' where id = $1", [id]);
    expect((await call("POST", `${operations}/${id}/cancel`, {}, token)).status).toBe(403);
    await query("update operations set state = 'failed' where id = $1", [id]);
    expect((await call("POST", `${operations}/${id}/retry`, {})).status).toBe(200);
    await ground.stoa.platform.operations.wait(id, 30_000);
    await done({}, `${at}/${id}/undo`);
  });

  it("is of nobody but whom the list showed when it was asked for", async () => {
    const search = people[0]?.username ?? "";
    expect((await call("POST", at, { verb: "activate", filter: { search }, expected: 2 })).status).toBe(409);
    expect((await call("POST", at, { verb: "activate", filter: { search } })).status).toBe(400);
  });

  it("leaves an entry when people are taken away as a file", async () => {
    await call("GET", "/api/stoa/v1/people/export?state=active");
    const entries = await query("select actor_id, details::jsonb from audit_entries where action = 'people.export'");
    expect(entries).toEqual([{ actor_id: ground.admin.id, details: expect.objectContaining({ state: "active" }) }]);
  });

  it.each([
    [{ verb: "deactivate", filter: {}, expected: 5 }, 400],
    [{ verb: "deactivate", filter: { serach: "ada" }, expected: 5 }, 400],
    [{ verb: "deactivate", filter: { state: "pending", stat: "x" }, expected: 5 }, 400],
    [{ verb: "deactivate", ids: [1], filter: { state: "all" }, expected: 1 }, 400],
    [{ verb: "deactivate", ids: [1], params: {} }, 400],
    [{ verb: "deactivate", ids: [999_999] }, 422],
    [{ verb: "deactivate", ids: [] }, 400],
    [{ verb: "make-admin", ids: [1] }, 400],
    [{ verb: "add-to-group", ids: [1] }, 400],
    [{ verb: "deactivate" }, 400],
  ])("is refused when it is %j", async (body, status) => {
    expect((await call("POST", at, body)).status).toBe(status);
  });

  it("is for administrators only", async () => {
    expect((await call("POST", at, { verb: "deactivate", ids }, ground.other.jwt)).status).toBe(403);
  });
});

describe("a new person's core hours", () => {
  const settings = "/api/stoa/v1/system/settings";
  const name = "STOA_NEW_PERSON_CORE_HOURS";
  let version = 0;
  const choose = async (value: string | null) => {
    const answer = await call("PATCH", settings, { changes: [{ name, value, version }] });
    if (answer.status === 200) version += 1;
    return answer.status;
  };
  let count = 0;
  async function made(): Promise<number> {
    count += 1;
    const body = { username: `newcomer${count}`, full_name: "New", email: `newcomer${count}@example.org` };
    const answer = await call("POST", "/api/stoa/v1/people", body);
    expect(answer.status, answer.text).toBe(201);
    return answer.json.person.id as number;
  }
  const hoursOf = async (id: number) => (await call("GET", `/api/stoa/v1/people/${id}/core-hours`)).json;

  it("are what the setting says when the account is made, whoever makes it; and theirs from then on", async () => {
    const early = await made();
    expect(await choose("40/month")).toBe(200);
    const first = await made();
    expect(await hoursOf(first)).toMatchObject({ allowed: "40.00000", period: "month", set_by: "Stoa" });
    const registered = await ground.newPerson("fresh");
    expect(await hoursOf(registered.id)).toMatchObject({ allowed: "40.00000", period: "month" });
    expect(
      await query("select actor_label, about from audit_entries where action = 'core-hours.set' and subject_id = $1", [
        String(registered.id),
      ]),
    ).toEqual([{ actor_label: "Stoa", about: [registered.id] }]);
    // Those who are there keep what they have.
    expect(await hoursOf(early)).toMatchObject({ allowed: null });
    expect(await choose("12.5")).toBe(200);
    expect(await hoursOf(await made())).toMatchObject({ allowed: "12.50000", period: "total" });
    expect(await hoursOf(first)).toMatchObject({ allowed: "40.00000" });
    for (const wrong of ["forty", "-1", "40/week", "1.123456", "1e3"]) expect(await choose(wrong)).toBe(422);
    expect(await choose(null)).toBe(200);
    expect(await hoursOf(await made())).toMatchObject({ allowed: null });
    // An administrator may give more, or take it off.
    await call("PUT", `/api/stoa/v1/people/${first}/core-hours`, { allowed: "100", period: "month" });
    expect(await hoursOf(first)).toMatchObject({ allowed: "100.00000", set_by: "admin" });
    await query("delete from core_hour_quotas");
  });
});
