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
    const all = await done({ verb: "activate", filter: { search: people[0]?.username ?? "" } });
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

  it.each([
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
