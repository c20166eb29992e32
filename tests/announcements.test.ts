import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Stoa } from "../packages/server/src/app.ts";
import { call, startTwoServers, type TwoServers } from "./support/two-servers.ts";

const CURRENT = "/api/stoa/v1/announcements/current";

let servers: TwoServers;
let [one, two] = [{} as Stoa, {} as Stoa];
let [admin, ada] = ["", ""];
beforeAll(async () => {
  servers = await startTwoServers();
  ({ one, two, admin, ada } = servers);
}, 60_000);
afterAll(() => servers.close(), 30_000);

describe("announcements", () => {
  const announce = async (changes: object = {}) => {
    const body = {
      title: "T",
      text: "",
      kind: "info",
      audience: "everyone",
      group_id: null,
      public: false,
      dismissible: true,
      starts_at: null,
      ends_at: null,
    };
    const answer = await call(one, "POST", "/api/stoa/v1/announcements", { as: admin, body: { ...body, ...changes } });
    return { ...answer, body: { ...body, ...changes } };
  };
  const seenBy = async (as?: string) =>
    (await call(two, "GET", CURRENT, as === undefined ? {} : { as })).json.announcements.map(
      (one: { title: string }) => one.title,
    );

  it("are seen by those whom they are for, and nobody else", async () => {
    const group = await call(one, "POST", "/api/stoa/v1/groups", { as: admin, body: { name: "lab" } });
    await announce({ title: "public", public: true });
    await announce({ title: "all" });
    await announce({ title: "admins", audience: "admins" });
    await announce({ title: "lab", audience: "group", group_id: group.json.id });
    expect((await seenBy()).toSorted()).toEqual(["public"]);
    expect((await seenBy(ada)).toSorted()).toEqual(["all", "public"]);
    const { rows } = await servers.database.pool.query("select id from accounts where username = 'ada'");
    await call(one, "PUT", `/api/stoa/v1/groups/${group.json.id}/members/${rows[0].id}`, { as: admin, body: {} });
    expect((await seenBy(ada)).toSorted()).toEqual(["all", "lab", "public"]);
    expect(await seenBy(admin)).toContain("admins");
    expect((await announce({ audience: "group", group_id: 999_999 })).status).toBe(422);
    expect((await announce({ audience: "admins", public: true })).status).toBe(422);
  });

  it("refuse what nests so deep that drawing it would stop every page", async () => {
    for (const text of [
      `${"- ".repeat(1_999)}a`,
      "> 1. ".repeat(4),
      `a\n${">".repeat(7)} b`,
      `${"*a ".repeat(200)}b${"*".repeat(200)}`,
    ]) {
      for (const field of ["text", "text_fa"]) {
        const refused = await announce({ [field]: text });
        expect(refused.status).toBe(422);
        expect(refused.json.details).toMatchObject({ reason: "nested_too_deep" });
      }
    }
    const fine = "- a\n    - b\n        - c **bold** [link](https://example.org)\n\n- - - - - - - - -\n> > quoted";
    expect((await announce({ text: fine, ends_at: new Date(Date.now() + 7_200_000).toISOString() })).status).toBe(201);
  });

  it("are not crowded out by many that are for others", async () => {
    await announce({ title: "mine, among many" });
    await servers.database.pool.query(
      `insert into announcements (title, text, kind, audience, public, dismissible, starts_at)
       select 'for admins ' || n, '', 'warning', 'admins', false, true, now() from generate_series(1, 250) n`,
    );
    expect(await seenBy(ada)).toContain("mine, among many");
    await servers.database.pool.query("delete from announcements where title like 'for admins %'");
  });

  it("come and go by their times, are ended, deleted, brought back and dismissed by each for themselves", async () => {
    const later = await announce({ title: "later", starts_at: new Date(Date.now() + 3_600_000).toISOString() });
    expect(await seenBy(ada)).not.toContain("later");
    const { json } = await call(two, "GET", CURRENT, { as: ada });
    expect(json.next_change_at).toBe(later.json.starts_at);
    const now = await announce({ title: "now" });
    const address = `/api/stoa/v1/announcements/${now.json.id}`;
    expect(await seenBy(ada)).toContain("now");
    expect(
      (await call(one, "POST", `${address}/end`, { as: admin, body: { version: now.json.version } })).json.state,
    ).toBe("past");
    expect(await seenBy(ada)).not.toContain("now");
    expect((await call(one, "PUT", address, { as: admin, body: { ...now.body, version: 1 } })).status).toBe(409);
    expect((await call(one, "PUT", address, { as: admin, body: { ...now.body, version: 2 } })).status).toBe(200);
    expect((await call(one, "DELETE", address, { as: admin })).status).toBe(204);
    expect(await seenBy(ada)).not.toContain("now");
    expect((await call(one, "POST", `${address}/restore`, { as: admin })).status).toBe(200);
    expect((await call(one, "PUT", `${address}/dismissal`, { as: ada })).status).toBe(204);
    expect(await seenBy(ada)).not.toContain("now");
    expect(await seenBy(admin)).toContain("now");
    expect((await call(one, "DELETE", `${address}/dismissal`, { as: ada })).status).toBe(204);
    expect(await seenBy(ada)).toContain("now");
    const fixed = await announce({ title: "fixed", dismissible: false });
    expect((await call(one, "PUT", `/api/stoa/v1/announcements/${fixed.json.id}/dismissal`, { as: ada })).status).toBe(
      404,
    );
  });
});
