import { lstatSync, mkdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestPerson } from "../../testing/accounts-server.ts";
import { createHousingServer, type HousingServer } from "./testing-housing.ts";

let ground: HousingServer;
let ada: TestPerson;
let bob: TestPerson;
let lab: number;
beforeAll(async () => {
  ground = await createHousingServer();
  ada = await ground.server.person("ada");
  bob = await ground.server.person("bob");
  lab = await group("lab");
  await member("PUT", ada);
});
afterAll(() => ground?.close());

const api = "/api/stoa/v1";
const asAdmin = (method: "POST" | "PUT" | "DELETE", url: string, body?: unknown) =>
  ground.server.call(method, `${api}${url}`, { as: ground.admin, body });
async function group(name: string): Promise<number> {
  const made = await asAdmin("POST", "/groups", { name });
  return (made.body as { id: number }).id;
}
const member = (method: "PUT" | "DELETE", { id }: TestPerson) =>
  asAdmin(method, `/groups/${lab}/members/${id}`, method === "PUT" ? { role: "member" } : undefined);
const link = (person: TestPerson, workspace: number, body: object) =>
  ground.server.call("POST", `${api}/workspaces/${workspace}/group-links`, { as: person, body });
const inWorkspace = (workspace: number, name: string) =>
  path.join(ground.base, "ada", "workspaces", String(workspace), name);
const read = (workspace: number, file: string) =>
  ground.server.call("GET", `${api}/workspaces/${workspace}/files/content?path=${file}`, { as: ada });

describe("a group's shared folder", () => {
  it("is there for nobody before it has a directory, and for nobody but its people then", async () => {
    const id = await ground.makeWorkspace(ada);
    expect((await link(ada, id, { group_id: lab })).status).toBe(404);
    const made = await asAdmin("POST", "/storage/subjects", { kind: "group", name: "lab-data", group_id: lab });
    expect(made.status).toBe(201);
    await sleep(2_100);
    expect(await link(ada, id, { group_id: lab })).toMatchObject({
      status: 201,
      body: { path: "lab-data", group_id: lab },
    });
    expect(readlinkSync(inWorkspace(id, "lab-data"))).toBe(path.join(ground.base, "groups/lab-data"));
    const bobs = await ground.makeWorkspace(bob);
    expect((await link(bob, bobs, { group_id: lab })).status).toBe(404);
    expect((await link(bob, id, { group_id: lab })).status).toBe(404);
  });

  it("is read through the link, and listed as one; who left the group reads nothing more", async () => {
    const id = await ground.makeWorkspace(ada);
    writeFileSync(path.join(ground.base, "groups/lab-data/result.txt"), "42");
    expect((await link(ada, id, { group_id: lab, name: "shared/lab" })).body).toMatchObject({ path: "shared/lab" });
    expect(await read(id, "shared/lab/result.txt")).toMatchObject({ status: 200, body: "42" });
    await member("DELETE", ada);
    await sleep(2_100);
    expect((await read(id, "shared/lab/result.txt")).status).toBe(409);
    expect(lstatSync(inWorkspace(id, "shared/lab")).isSymbolicLink()).toBe(true);
    expect((await link(ada, id, { group_id: lab })).status).toBe(404);
    await member("PUT", ada);
  });

  it("takes no file's or folder's place, and tells of no path of the server's", async () => {
    const id = await ground.makeWorkspace(ada);
    mkdirSync(inWorkspace(id, "lab-data"));
    const refused = await link(ada, id, { group_id: lab });
    expect(refused.status).toBe(400);
    expect((await link(ada, id, { group_id: lab, name: "../out" })).status).toBe(400);
    expect((await link(ada, id, { group_id: lab, name: "fine" })).status).toBe(201);
    const shown = await ground.server.call("GET", `/workspaces/${id}`, { as: ada });
    expect(JSON.stringify(shown.body)).not.toContain(ground.base);
    expect(readFileSync(path.join(inWorkspace(id, "fine"), "result.txt"), "utf8")).toBe("42");
  });
});
