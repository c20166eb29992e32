import { access, readdir, readFile, rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSharingServer, type SharingPerson, type SharingServer } from "./testing-sharing.ts";

type Shown = { shared_workspace_id: { id: number } };

let server: SharingServer;
let ann: SharingPerson;
let bob: SharingPerson;
let eve: SharingPerson;
beforeAll(async () => {
  server = await createSharingServer();
  ann = await server.person("ann");
  bob = await server.person("bob");
  eve = await server.person("eve");
});
afterAll(() => server?.close());

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const nothing = {
  status: 200,
  body: {
    success: true,
    message: "Shared workspace matching given parameters could not be found.",
    data: { original_workspaces: [], shared_workspaces: [] },
  },
};
const refusal = (status: number, message: string) => ({ status, body: { success: false, message } });
const user = (name: string) => ({
  username: name,
  first_name: `${name[0]?.toUpperCase()}${name.slice(1)}`,
  last_name: "van Test",
  email: `${name}@example.org`,
});
const details = {
  request_workspace_details: { files: [{ name: "a.txt" }, { name: "b/c.txt" }], symlinks: [] },
  current_workspace_details: { files: [{ name: "/a.txt" }, { name: "/b/c.txt" }], symlinks: [] },
};
const files = { "a.txt": "A", "b/c.txt": "C", ".env": "secret", ".git/config": "secret" };
const post = (person: SharingPerson, original: unknown, ids: unknown) =>
  person.call("POST", "/shared_workspaces/", { original_workspace_id: original, shared_user_ids: ids });

describe("POST /shared_workspaces/", () => {
  it("answers with each share, whole", async () => {
    const id = await ann.workspace(files, { default_job_type: "terminal" });
    await server.sql(
      `insert into jobs (owner_id, workspace_id, job_type, resource, node_id, marker, options, cpus, steps, request_details, status, ended_at)
       values ($1, $2, 'terminal', 'local', 'n', gen_random_uuid(), '{"num_cpus": 2}', 2, '[]', '{}', 'complete', now())`,
      [ann.id, id],
    );
    const answer = await post(ann, id, [bob.id, eve.id, bob.id]);
    const share = (to: string) => ({
      original_workspace_id: {
        id,
        user_id: user("ann"),
        name: "Thesis",
        description: "first draft",
        workspace_details: expect.any(Object),
      },
      shared_workspace_id: {
        id: expect.any(Number),
        user_id: user(to),
        name: "Thesis",
        description: "first draft",
        workspace_details: details,
      },
      last_resource_options: { num_cpus: 2 },
      last_job_type: "terminal",
      is_accepted: false,
      datetime_share_created: time,
    });
    expect(answer).toEqual({
      status: 200,
      body: { success: true, message: "Successful.", data: { shared_workspaces: [share("bob"), share("eve")] } },
    });
    const ids = answer.body.data.shared_workspaces.map((one: Shown) => one.shared_workspace_id.id);
    expect(new Set([id, ...ids]).size).toBe(3);
  });

  it.each<[string, (mine: number) => [unknown, unknown], number, string]>([
    ["no ids", (mine) => [mine, undefined], 400, "Missing required fields."],
    ["no workspace", () => [undefined, [1]], 400, "Missing required fields."],
    ["null", (mine) => [mine, null], 400, "Missing required fields."],
    ["nobody", (mine) => [mine, []], 400, "Missing required fields."],
    ["one id", (mine) => [mine, 3], 400, "shared_user_ids is not a list."],
    ["an object", (mine) => [mine, { 0: 3 }], 400, "shared_user_ids is not a list."],
    ["nobody's id", (mine) => [mine, [bob.id, 999_999]], 400, "Invalid user id provided."],
    ["a text", (mine) => [mine, ["bob"]], 400, "Invalid user id provided."],
    ["a fraction", (mine) => [mine, [bob.id + 0.5]], 400, "Invalid user id provided."],
    ["a huge number", (mine) => [mine, [2 ** 53 - 1]], 400, "Invalid user id provided."],
    ["null in the list", (mine) => [mine, [null]], 400, "Invalid user id provided."],
    ["a list in the list", (mine) => [mine, [[bob.id]]], 400, "Invalid user id provided."],
    ["oneself", (mine) => [mine, [ann.id]], 400, "Invalid user id provided."],
    ["oneself among others", (mine) => [mine, [bob.id, ann.id]], 400, "Invalid user id provided."],
    ["no such workspace", () => [999_999, [bob.id]], 404, "Workspace 999999 not found for user."],
    ["no number", () => ["thesis", [bob.id]], 404, "Workspace thesis not found for user."],
    ["too many", (mine) => [mine, new Array(101).fill(bob.id)], 400, "One request takes 100 receivers at most."],
  ])("refuses %s", async (_what, request, status, message) => {
    const mine = await ann.workspace();
    expect(await post(ann, ...request(mine))).toEqual(refusal(status, message));
    expect(await server.sql("select 1 from workspace_shares where original_workspace_id = $1", [mine])).toEqual([]);
  });

  it("refuses what is no JSON, another's workspace and one that is a share itself", async () => {
    const theirs = await bob.workspace();
    expect(await post(ann, theirs, [eve.id])).toEqual(refusal(404, `Workspace ${theirs} not found for user.`));
    const share = await bob.share(theirs, ann);
    expect(await post(ann, share, [eve.id])).toEqual(refusal(404, `Workspace ${share} not found for user.`));
    for (const body of [[], "text", 5]) {
      expect((await ann.call("POST", "/shared_workspaces/", JSON.stringify(body))).status).toBe(400);
    }
    const { body } = await ann.call("POST", "/shared_workspaces/", "{");
    expect(body).toMatchObject({ success: false, message: expect.stringContaining("Invalid JSON: ") });
  });

  it("shares with nobody who was deactivated", async () => {
    const zoe = await server.person("zoe");
    await server.sql("update accounts set status = 'deactivated' where id = $1", [zoe.id]);
    expect(await post(ann, await ann.workspace(), [zoe.id])).toEqual(refusal(400, "Invalid user id provided."));
  });
});

describe("the directory", () => {
  it("decides with whom one can share; who shared first can be answered", async () => {
    const gus = await server.person("gus");
    await server.sql("update accounts set directory_visible = false where id = $1", [gus.id]);
    const mine = await ann.workspace();
    const refused = refusal(400, "Invalid user id provided.");
    expect(await post(ann, mine, [gus.id])).toEqual(refused);
    expect(await post(ann, mine, [bob.id, gus.id])).toEqual(refused);
    await gus.share(await gus.workspace(), ann);
    expect((await post(ann, mine, [gus.id])).status).toBe(200);
    expect(await post(bob, await bob.workspace(), [gus.id])).toEqual(refused);
  });
});

describe("the copy", () => {
  it("has all but dot files, and is told of by mail once it is there, in the receiver's language", async () => {
    const fay = await server.person("fay");
    await server.sql("update accounts set locale = 'fa' where id = $1", [fay.id]);
    const id = await ann.workspace(files, { name: 'Quarks\r\nBcc: x@y.z "\u202e' });
    const shared = await ann.share(id, fay);
    await server.settled();
    expect((await readdir(fay.onDisk(shared), { recursive: true })).sort()).toEqual(["a.txt", "b", "b/c.txt"]);
    expect(await readFile(fay.onDisk(shared, "b", "c.txt"), "utf8")).toBe("C");
    const [mail, ...more] = await server.mailsTo(fay);
    expect(more).toEqual([]);
    expect(mail?.locale).toBe("fa");
    expect(mail?.subject).toMatch(/Quarks Bcc/);
    expect(mail?.subject).not.toMatch(/[\r\n\u202e]/);
    expect(mail?.text).toMatch(/به شما داده شده/);
    expect(`${mail?.subject} ${mail?.text}`, "the portal's words").not.toMatch(/فضا(ی|های) کاری|پرونده/);
    const eveShare = await ann.share(await ann.workspace(), eve);
    await server.settled();
    expect((await server.mailsTo(eve)).at(-1)?.text).toMatch(/You have been given a copy/);
    expect(await readdir(eve.onDisk(eveShare))).toEqual([]);
  });
});

describe("GET /shared_workspaces/", () => {
  it("lists both directions, filtered, and one by its id", async () => {
    const [kim, lea] = [await server.person("kim"), await server.person("lea")];
    expect(await kim.call("GET", "/shared_workspaces/")).toEqual(nothing);
    const first = await kim.share(await kim.workspace(), lea);
    const second = await lea.share(await lea.workspace(), kim);
    await kim.call("PUT", `/shared_workspaces/${second}/accept/`);
    const ids = async (query: string) => {
      const { body } = await kim.call("GET", `/shared_workspaces/${query}`);
      const of = (list: Shown[]) => list.map((one) => one.shared_workspace_id.id);
      return [of(body.data.original_workspaces), of(body.data.shared_workspaces)];
    };
    expect(await ids("")).toEqual([[first], [second]]);
    expect(await ids("?is_accepted=true")).toEqual([[], [second]]);
    expect(await ids("?is_accepted=False")).toEqual([[first], []]);
    expect(await ids("?is_accepted=maybe")).toEqual([[], []]);
    expect(await ids(`${first}/`)).toEqual([[first], []]);
    expect(await ids(String(second))).toEqual([[], [second]]);
    const { body } = await kim.call("GET", `/shared_workspaces/${second}/`);
    expect(body).toMatchObject({ success: true, message: "Successful." });
    for (const id of ["999999", "0", "-1", "x", "9".repeat(30)]) {
      expect(await kim.call("GET", `/shared_workspaces/${id}/`)).toEqual(nothing);
    }
    expect(await eve.call("GET", `/shared_workspaces/${second}/`)).toEqual(nothing);
  });

  it("shows neither side what the other does afterwards", async () => {
    const id = await ann.workspace(files);
    const shared = await ann.share(id, bob);
    await server.settled();
    await bob.call("PUT", `/shared_workspaces/${shared}/accept/`);
    const secrets = { description: "for my eyes", workspace_details: { files: [{ name: "private.txt" }] } };
    await bob.call("PUT", `/workspaces/${shared}/`, { name: "bob's own", ...secrets });
    await ann.call("PUT", `/workspaces/${id}/`, { name: "ann's own", ...secrets });
    for (const [reader, mine, theirs] of [
      [ann, "ann's own", "bob's own"],
      [bob, "bob's own", "ann's own"],
    ] as const) {
      const { body } = await reader.call("GET", `/shared_workspaces/${shared}/`);
      const text = JSON.stringify(body);
      expect(text).toContain(mine);
      expect(text).not.toContain(theirs);
      expect(text.match(/private\.txt/g)).toHaveLength(2);
    }
  });
});

describe("a share that was not accepted", () => {
  it("is no workspace of its receiver's, and says so", async () => {
    const shared = await ann.share(await ann.workspace(files), bob);
    await server.settled();
    const text = JSON.stringify((await bob.call("GET", "/workspaces/")).body);
    expect(text).not.toContain(`"id":${shared},`);
    expect((await bob.call("GET", `/workspaces/${shared}/`)).body.data.workspaces).toEqual([]);
    const notAccepted = refusal(400, `Workspace ${shared} is a shared workspace and has not been accepted.`);
    expect(await bob.call("PUT", `/workspaces/${shared}/`, { name: "x" })).toEqual(notAccepted);
    expect(await bob.call("PUT", `/workspaces/${shared}/upload/`)).toEqual(notAccepted);
    expect(await bob.call("PUT", `/workspaces/${shared}/start/`, { job_type: "terminal" })).toEqual(notAccepted);
    expect(await bob.call("DELETE", `/workspaces/${shared}/`)).toEqual(notAccepted);
    expect((await bob.call("GET", `/api/stoa/v1/workspaces/${shared}/files`)).status).toBe(404);
    expect((await ann.call("DELETE", `/workspaces/${shared}/`)).status).toBe(404);
  });

  it("keeps its original from being deleted", async () => {
    const id = await ann.workspace();
    const shared = await ann.share(id, bob);
    const kept = refusal(
      400,
      `Workspace ${id} has shared workspaces associated with it, that have not yet been accepted. Please cancel those shares to delete this workspace.`,
    );
    expect(await ann.call("DELETE", `/workspaces/${id}/`)).toEqual(kept);
    await ann.call("DELETE", `/shared_workspaces/${shared}/`);
    expect((await ann.call("DELETE", `/workspaces/${id}/`)).status).toBe(200);
    await server.settled();
  });
});

describe("PUT /shared_workspaces/{id}/accept/", () => {
  it("makes it its receiver's own, now; once", async () => {
    const shared = await ann.share(await ann.workspace(files), bob);
    await server.settled();
    await server.sql("update workspaces set created_at = now() - interval '1 day' where id = $1", [shared]);
    const before = Date.now();
    const accept = () => bob.call("PUT", `/shared_workspaces/${shared}/accept/`);
    expect(await accept()).toMatchObject({ status: 200, body: { success: true } });
    const read = async () => (await bob.call("GET", `/workspaces/${shared}/`)).body.data.workspaces[0];
    const mine = await read();
    expect(mine).toMatchObject({ id: shared, name: "Thesis", description: "first draft", status: "idle" });
    expect(Date.parse(mine.datetime_created)).toBeGreaterThanOrEqual(before - 5);
    expect(mine.workspace_details).toEqual(details);
    expect(await accept()).toMatchObject({ status: 200 });
    expect((await read()).datetime_created).toBe(mine.datetime_created);
    const entries = await server.sql(
      "select action from audit_entries where subject_id = $1 and subject_kind = 'shared_workspace' order by id",
      [String(shared)],
    );
    expect(entries).toEqual([{ action: "share.create" }, { action: "share.accept" }]);
    expect((await bob.call("PUT", `/workspaces/${shared}/`, { name: "Mine" })).status).toBe(200);
    expect((await bob.call("DELETE", `/workspaces/${shared}/`)).status).toBe(200);
    await server.settled();
    expect(await bob.call("GET", `/shared_workspaces/${shared}/`)).toEqual(nothing);
  });

  it("is for the receiver only, and knows no other change", async () => {
    const shared = await ann.share(await ann.workspace(), bob);
    for (const [person, id] of [
      [ann, shared],
      [eve, shared],
      [bob, 999_999],
      [bob, "x"],
    ] as const) {
      const answer = refusal(404, `Shared workspace ${id} not found.`);
      expect(await person.call("PUT", `/shared_workspaces/${id}/accept/`)).toEqual(answer);
      expect(await person.call("PUT", `/shared_workspaces/${id}/polish/`)).toEqual(answer);
    }
    const other = refusal(400, "Invalid PUT type passed.");
    expect(await bob.call("PUT", `/shared_workspaces/${shared}/polish/`)).toEqual(other);
  });

  it("works when the original is gone", async () => {
    const id = await ann.workspace(files);
    const shared = await ann.share(id, bob);
    await server.settled();
    await server.sql("update workspaces set deleted_at = now() where id = $1", [id]);
    await rm(ann.onDisk(id), { recursive: true });
    expect((await bob.call("PUT", `/shared_workspaces/${shared}/accept/`)).status).toBe(200);
    expect(await readFile(bob.onDisk(shared, "a.txt"), "utf8")).toBe("A");
    expect((await bob.call("GET", `/shared_workspaces/${shared}/`)).body.data.shared_workspaces).toHaveLength(1);
  });

  it("is refused to who has as many workspaces as are allowed", async () => {
    const shared = await ann.share(await ann.workspace(), bob);
    await server.sql(
      "insert into workspaces (owner_id, name, description) select $1, 'n', '' from generate_series(1, 1000)",
      [bob.id],
    );
    const answer = await bob.call("PUT", `/shared_workspaces/${shared}/accept/`);
    expect(answer).toMatchObject({ status: 409, body: { message: expect.stringContaining("Delete one first") } });
    await server.sql("delete from workspaces where owner_id = $1 and name = 'n'", [bob.id]);
  });
});

describe("DELETE /shared_workspaces/{id}/", () => {
  it.each(["sender", "receiver"])("ends it for its %s, and removes the copy", async (side) => {
    const shared = await ann.share(await ann.workspace(files), bob);
    await server.settled();
    const who = side === "sender" ? ann : bob;
    const answer = await who.call("DELETE", `/shared_workspaces/${shared}/`);
    expect(answer).toEqual({
      status: 200,
      body: { success: true, message: `Shared workspace ${shared} queued for deletion.` },
    });
    await server.settled();
    await expect(access(bob.onDisk(shared))).rejects.toThrow("ENOENT");
    for (const person of [ann, bob]) {
      expect(await person.call("GET", `/shared_workspaces/${shared}/`)).toEqual(nothing);
      const gone = refusal(404, `Shared workspace ${shared} not found.`);
      expect(await person.call("DELETE", `/shared_workspaces/${shared}/`)).toEqual(gone);
      expect(await person.call("PUT", `/shared_workspaces/${shared}/accept/`)).toEqual(gone);
    }
    expect((await bob.call("PUT", `/workspaces/${shared}/`, {})).status).toBe(404);
  });

  it("is refused to others, for none, and after it was accepted", async () => {
    const shared = await ann.share(await ann.workspace(), bob);
    const stranger = await eve.call("DELETE", `/shared_workspaces/${shared}/`);
    expect(stranger).toEqual(refusal(403, `User does not have permissions for shared workspace ${shared}.`));
    expect(await eve.call("DELETE", "/shared_workspaces/999999/")).toEqual(
      refusal(404, "Shared workspace 999999 not found."),
    );
    await bob.call("PUT", `/shared_workspaces/${shared}/accept/`);
    const late = refusal(400, `Shared workspace ${shared} has been accepted and cannot be deleted.`);
    for (const person of [ann, bob]) {
      expect(await person.call("DELETE", `/shared_workspaces/${shared}/`)).toEqual(late);
    }
    expect((await eve.call("DELETE", `/shared_workspaces/${shared}/`)).status).toBe(403);
    await server.settled();
  });
});

it("shows no address that only another's service has said to be the receiver's", async () => {
  const [dan, tom] = [await server.person("dan"), await server.person("tom")];
  const [{ id: service } = { id: 0 }] = await server.sql<{ id: number }>(
    `insert into accounts (username, username_key, email, full_name, kind)
     values ('svc', 'svc', 'service:svc', 'A service', 'service') returning id`,
  );
  const bring = (person: SharingPerson) =>
    server.sql("update accounts set brought_by = $1, brought_as = username, password_hash = null where id = $2", [
      service,
      person.id,
    ]);
  await bring(tom);
  const shared = await dan.share(await dan.workspace(files), tom);
  await server.settled();
  const shownTo = async (person: SharingPerson, list: string) =>
    (await person.call("GET", `/shared_workspaces/${shared}/`)).body.data[list][0].shared_workspace_id.user_id;
  expect(await shownTo(dan, "original_workspaces")).toEqual({ ...user("tom"), email: "" });
  expect(await shownTo(tom, "shared_workspaces")).toEqual(user("tom"));
  await bring(dan);
  expect(await shownTo(dan, "original_workspaces"), "the people of one service").toEqual(user("tom"));
});

it("asks everybody who they are", async () => {
  for (const [method, url] of [
    ["GET", "/shared_workspaces/"],
    ["GET", "/shared_workspaces/1/"],
    ["POST", "/shared_workspaces/"],
    ["PUT", "/shared_workspaces/1/accept/"],
    ["DELETE", "/shared_workspaces/1/"],
  ] as const) {
    const headers = { host: "localhost:8080", "uws-authorization": "Token nobody" };
    const response = await server.stoa.app.inject({ method, url, headers });
    expect([response.statusCode, response.json()]).toEqual([
      401,
      { success: false, message: "Invalid token provided." },
    ]);
  }
});
