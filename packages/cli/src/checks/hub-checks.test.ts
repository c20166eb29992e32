import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type HubDouble, startHubDouble } from "@stoa/server/hub/testing/hub-double.ts";
import { testConfig } from "@stoa/server/testing/test-platform.ts";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { hubChecks } from "./hub-checks.ts";

let hub: HubDouble;
let all: readonly string[] = [];
const servers: Server[] = [];
beforeAll(async () => {
  hub = await startHubDouble();
  all = [...hub.scopes];
});
afterEach(() => {
  hub.intercept = () => false;
  for (const scope of all) hub.scopes.add(scope);
});
afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  await hub.close();
});

async function check(changes: object = {}) {
  const config = testConfig();
  return hubChecks({ ...config, hub: { ...config.hub, apiUrl: hub.apiUrl, apiToken: hub.token, ...changes } });
}
const found = async (name: string, changes: object = {}) => (await check(changes)).find((one) => one.name === name);

/** Something that answers everything so. @returns its address */
async function answering(status: number, body: string, type = "text/html"): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(status, { "content-type": type }).end(body));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hub/api`;
}

it("finds nothing wrong with a hub that is well", async () => {
  const checks = await check();
  expect(checks.filter(({ state }) => state !== "ok")).toEqual([]);
  expect(checks.map(({ name }) => name)).toEqual([
    ...["hub connection", "hub token", "hub scopes", "hub users", "hub servers", "hub address"],
  ]);
});

it("tells that people's servers are not where they are asked", async () => {
  expect(await found("hub servers")).toMatchObject({ state: "ok", found: "none runs that could be asked" });
  hub.addUser("ada");
  hub.runs("ada");
  expect(await found("hub servers")).toMatchObject({ state: "ok", found: "they tell of their kernels" });
  const proxyUrl = new URL(await answering(302, "")).origin;
  expect(await found("hub servers", { proxyUrl })).toMatchObject({
    ...{ state: "warn", found: expect.stringContaining(proxyUrl) },
    fix: expect.stringContaining("JUPYTERHUB_PROXY_URL"),
  });
  hub.users.clear();
});

it("says that none is set up", async () => {
  expect(await check({ apiUrl: null, apiToken: null })).toEqual([
    { name: "hub", state: "ok", found: "none is set up", fix: null },
  ]);
});

describe("connection", () => {
  it.each([
    ["a name that leads nowhere", "http://no-such-hub.invalid/hub/api", /no-such-hub\.invalid is no name/],
    ["nothing that listens", "http://127.0.0.1:1/hub/api", /nothing listens/],
  ])("%s", async (_what, apiUrl, said) => {
    expect(await found("hub connection", { apiUrl })).toMatchObject({
      ...{ state: "fail", found: expect.stringMatching(said), fix: expect.stringContaining("docs/jupyterhub.md") },
    });
  });

  it("TLS where there is none", async () => {
    const apiUrl = (await answering(200, "")).replace("http:", "https:");
    expect(await found("hub connection", { apiUrl })).toMatchObject({
      state: "fail",
      found: expect.stringMatching(/^TLS with/),
    });
  });

  it.each([
    ["a page", 200, "<!doctype html><h1>Sign in</h1>", "text/html", /\(200, with a page\)/],
    ["JSON of something else", 404, '{"status": 404}', "application/json", /\(404\), but not a hub's API/],
    ["an older hub", 200, '{"version": "2.3.1"}', "application/json", /JupyterHub 2\.3\.1/],
  ])("%s", async (_what, status, body, type, said) => {
    const apiUrl = await answering(status, body, type);
    const checks = await check({ apiUrl });
    expect(checks).toMatchObject([{ name: "hub connection", state: "fail", found: expect.stringMatching(said) }]);
  });
});

describe("token", () => {
  it("is missing", async () => {
    expect(await found("hub token", { apiToken: null })).toMatchObject({ state: "fail" });
  });

  it("is another", async () => {
    expect(await found("hub token", { apiToken: "not-the-hub's" })).toMatchObject({
      ...{ state: "fail", found: expect.stringContaining("403"), fix: expect.stringContaining("Token") },
    });
  });

  it("may do everything", async () => {
    hub.scopes.add("shutdown");
    expect(await found("hub token")).toMatchObject({ state: "warn", found: expect.stringContaining("everything") });
    hub.scopes.delete("shutdown");
  });
});

describe("scopes", () => {
  it("names what is off, the gravest as a fault", async () => {
    for (const scope of ["tokens", "servers", "admin:servers"]) hub.scopes.delete(scope);
    const checks = (await check()).filter(({ name }) => name === "hub scopes");
    expect(checks).toContainEqual(
      expect.objectContaining({ state: "fail", found: expect.stringMatching(/Start servers \(lacks servers\)/) }),
    );
    expect(checks).toContainEqual(
      expect.objectContaining({ state: "warn", found: expect.stringMatching(/lacks tokens/) }),
    );
  });

  it("names the scope to add, which holds the one that lacks, once", async () => {
    for (const scope of ["admin:users", "servers", "admin:servers", "delete:users", "delete:servers"]) {
      hub.scopes.delete(scope);
    }
    const checks = (await check()).filter(({ name }) => name === "hub scopes");
    const said = checks.map(({ found: text, fix }) => `${text} ${fix}`).join("\n");
    expect(said).not.toMatch(/delete:/);
    expect(said.match(/Add admin:users to the role/g)).toHaveLength(1);
    expect(said.match(/Add servers to the role/g)).toHaveLength(1);
  });

  it("knows that one scope holds others, and that one for some users is not one for all", async () => {
    for (const scope of all) hub.scopes.delete(scope);
    for (const scope of ["admin:users", "admin:servers", "tokens!group=lab", "access:servers"]) hub.scopes.add(scope);
    const checks = (await check()).filter(({ name }) => name === "hub scopes");
    expect(checks.map(({ found: said }) => said)).toEqual([expect.stringContaining("lacks tokens")]);
    hub.scopes.delete("tokens!group=lab");
  });
});

it("tells of a public address that leads elsewhere", async () => {
  const elsewhere = new URL(await answering(200, "<h1>Welcome</h1>")).origin;
  expect(await found("hub address", { publicUrl: elsewhere })).toMatchObject({
    ...{
      state: "warn",
      found: expect.stringContaining("with a page"),
      fix: expect.stringContaining("JUPYTERHUB_PUBLIC_URL"),
    },
  });
});
