import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSharingServer, type SharingPerson, type SharingServer } from "./testing-sharing.ts";

let server: SharingServer;
let ann: SharingPerson;
let bob: SharingPerson;
let cyd: SharingPerson;
let eve: SharingPerson;
beforeAll(async () => {
  server = await createSharingServer();
  ann = await server.person("ann");
  bob = await server.person("bob");
  cyd = await server.person("cyd");
  eve = await server.person("eve");
});
afterAll(() => server?.close());

const own = "/api/stoa/v1";
const party = (one: SharingPerson) => ({
  id: one.id,
  username: one.username,
  full_name: `${one.username[0]?.toUpperCase()}${one.username.slice(1)} van Test`,
});

async function group(name: string, ...members: SharingPerson[]): Promise<number> {
  const [row] = await server.sql<{ id: number }>(
    "insert into groups (name, name_key, description) values ($1, $1, '') returning id",
    [name],
  );
  if (!row) throw new Error("no group");
  for (const { id } of members) {
    await server.sql("insert into group_members (group_id, account_id) values ($1, $2)", [row.id, id]);
  }
  return row.id;
}

describe("sharing", () => {
  it("gives people and groups a copy each, once, and tells who has what", async () => {
    const id = await ann.workspace({ "a.txt": "four" });
    const team = await group("team", ann, bob, cyd);
    const url = `${own}/workspaces/${id}/shares`;
    const made = await ann.call("POST", url, { account_ids: [bob.id], group_ids: [team, team] });
    expect(made.status).toBe(202);
    await server.settled();
    const expected = (to: SharingPerson, groupId: number | null) => ({
      id: expect.any(Number),
      state: "pending",
      name: "Thesis",
      description: "first draft",
      original_workspace_id: id,
      sender: party(ann),
      receiver: party(to),
      group_id: groupId,
      created_at: expect.stringMatching(/Z$/),
      ready_at: expect.stringMatching(/Z$/),
      answered_at: null,
      decline_reason: null,
      failure: null,
      copy: { operation_id: expect.any(String), progress: 100, files: 1, bytes: 4, left_out: {} },
    });
    const all = await ann.call("GET", url);
    expect(all.body).toEqual({ items: [expected(cyd, team), expected(bob, null)], next_cursor: null });

    const first = (await ann.call("GET", `${url}?limit=1`)).body;
    expect(first.items).toEqual([expected(cyd, team)]);
    const second = (await ann.call("GET", `${url}?limit=1&cursor=${first.next_cursor}`)).body;
    expect(second).toEqual({ items: [expected(bob, null)], next_cursor: null });
    expect((await ann.call("GET", `${url}?cursor=x`)).status).toBe(400);
    expect((await ann.call("GET", `${url}?state=accepted`)).body.items).toEqual([]);

    const [mine] = (await bob.call("GET", `${own}/shares`)).body.items;
    expect(mine).toEqual({ ...expected(bob, null), copy: { ...expected(bob, null).copy, operation_id: null } });
    expect((await bob.call("GET", `${own}/shares?direction=sent`)).body.items).toEqual([]);
    expect((await ann.call("GET", `${own}/shares?direction=sent`)).body.items).toHaveLength(2);
  });

  it("refuses groups of others, nobody, and too many", async () => {
    const id = await ann.workspace();
    const url = `${own}/workspaces/${id}/shares`;
    const theirs = await group("theirs", bob, cyd);
    const refused = async (body: object) => {
      const answer = await ann.call("POST", url, body);
      return [answer.status, answer.body.detail];
    };
    const noGroup = [404, "There is no group here."];
    expect(await refused({ group_ids: [theirs] })).toEqual(noGroup);
    expect(await refused({ group_ids: [999_999] })).toEqual(noGroup);
    expect(await refused({})).toEqual([400, "The request is not valid: there is nobody to share with."]);
    expect(await refused({ group_ids: [await group("alone", ann)] })).toEqual([
      400,
      "The request is not valid: there is nobody to share with.",
    ]);
    expect((await refused({ account_ids: [ann.id] }))[0]).toBe(400);
    expect((await refused({ account_ids: new Array(101).fill(bob.id) }))[0]).toBe(400);
    expect((await refused({ account_ids: [bob.id], more: 1 }))[0]).toBe(400);
    expect(await server.sql("select 1 from workspace_shares where original_workspace_id = $1", [id])).toEqual([]);
  });
});

describe("answers", () => {
  it("let the receiver decline with a reason that the sender reads", async () => {
    const share = await ann.share(await ann.workspace(), bob);
    const url = `${own}/shares/${share}`;
    expect((await ann.call("POST", `${url}/decline`, {})).status).toBe(404);
    expect((await bob.call("POST", `${url}/decline`, { reason: "x".repeat(501) })).status).toBe(400);
    const declined = await bob.call("POST", `${url}/decline`, { reason: " no time " });
    expect(declined).toMatchObject({ status: 200, body: { state: "declined", decline_reason: "no time" } });
    expect((await ann.call("GET", url)).body).toMatchObject({ state: "declined", decline_reason: "no time" });
    expect((await bob.call("POST", `${url}/decline`, {})).status).toBe(404);
    expect((await bob.call("POST", `${url}/accept`)).status).toBe(404);
    await server.settled();
  });

  it("let the sender cancel until it is accepted", async () => {
    const [one, two] = [await ann.share(await ann.workspace(), bob), await ann.share(await ann.workspace(), bob)];
    expect((await bob.call("POST", `${own}/shares/${one}/cancel`)).status).toBe(404);
    expect((await ann.call("POST", `${own}/shares/${one}/cancel`)).body.state).toBe("cancelled");
    expect((await bob.call("POST", `${own}/shares/${two}/accept`)).body.state).toBe("accepted");
    expect((await bob.call("POST", `${own}/shares/${two}/accept`)).body.state).toBe("accepted");
    for (const [who, what] of [
      [ann, "cancel"],
      [bob, "decline"],
    ] as const) {
      const late = await who.call("POST", `${own}/shares/${two}/${what}`, what === "decline" ? {} : undefined);
      expect(late).toMatchObject({ status: 409, body: { detail: expect.stringContaining("has been accepted") } });
    }
    await server.settled();
  });

  it("are nobody else's, and nothing for strangers to learn of", async () => {
    const share = await ann.share(await ann.workspace(), bob);
    for (const [method, what] of [
      ["GET", ""],
      ["POST", "/accept"],
      ["POST", "/decline"],
      ["POST", "/cancel"],
    ] as const) {
      const body = what === "/decline" ? {} : undefined;
      const theirs = await eve.call(method, `${own}/shares/${share}${what}`, body);
      const none = await eve.call(method, `${own}/shares/999999${what}`, body);
      const { request_id: _one, ...rest } = theirs.body;
      const { request_id: _two, ...other } = none.body;
      expect([theirs.status, rest]).toEqual([404, other]);
    }
    expect((await eve.call("GET", `${own}/shares`)).body.items).toEqual([]);
  });

  it("reach both sides' pages, and the audit log of both", async () => {
    const share = await ann.share(await ann.workspace(), bob);
    await server.settled();
    await bob.call("POST", `${own}/shares/${share}/accept`);
    const events = await server.sql<{ data: { change: string }; audience: number[] }>(
      "select data, audience from events where type = 'share.changed' and subject_id = $1 order by id",
      [String(share)],
    );
    expect(events.map(({ data }) => data.change)).toEqual(["created", "ready", "accepted"]);
    for (const { audience } of events) expect(audience).toEqual([ann.id, bob.id]);
    const about = await server.sql<{ about: number[] }>(
      "select about from audit_entries where subject_kind = 'shared_workspace' and subject_id = $1",
      [String(share)],
    );
    for (const entry of about) expect(entry.about).toEqual([ann.id, bob.id]);
  });
});

describe("limits", () => {
  it("hold back who shares with one person over and over", async () => {
    const id = await ann.workspace();
    await server.sql(
      `with w as (insert into workspaces (owner_id, name, description, share_pending, deleted_at)
          select $1, 'n', '', true, now() from generate_series(1, 50) returning id),
        o as (insert into share_offers (original_workspace_id, sender_id, name, description, request_details, current_details, disk_space)
          values ($2, $3, 'n', '', '{}', '{}', 0) returning id)
       insert into workspace_shares (id, offer_id, original_workspace_id, sender_id, receiver_id, answer, answered_at)
       select w.id, o.id, $2, $3, $1, 'declined', now() from w, o`,
      [eve.id, id, ann.id],
    );
    const body = { original_workspace_id: id, shared_user_ids: [eve.id] };
    expect(await ann.call("POST", "/shared_workspaces/", body)).toMatchObject({
      status: 429,
      body: { success: false, message: expect.stringContaining("50 times") },
    });
    expect((await ann.call("POST", "/shared_workspaces/", { ...body, shared_user_ids: [bob.id] })).status).toBe(200);
  });
});
