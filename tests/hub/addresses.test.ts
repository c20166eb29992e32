import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type HubScene, startHubScene } from "../support/hub-scene.ts";
import { call } from "../support/two-servers.ts";

let scene: HubScene;
let as: string;
beforeAll(async () => {
  const hub = { JUPYTERHUB_PUBLIC_URL: "https://hub.example", JUPYTERHUB_ATTEMPTS: "1", JUPYTERHUB_TIMEOUT: "2s" };
  scene = await startHubScene(hub);
  as = await scene.person("ada");
  await call(scene.stoa, "POST", "/api/stoa/v1/hub/open", { as, body: {} });
  scene.hub.runs("ada");
});
afterAll(() => scene?.close());
afterEach(() => {
  scene.hub.intercept = () => false;
});

/** The hub tells that her server is there. */
function isAt(url: string): void {
  const { created } = scene.hub.users.get("ada") ?? { created: "" };
  const server = { name: "", ready: true, pending: null, url, started: created, last_activity: created };
  scene.hub.intercept = (request, response) => {
    if (request.method !== "GET" || !request.url?.endsWith("/users/ada")) return false;
    const user = { kind: "user", name: "ada", admin: false, created, last_activity: null, servers: { "": server } };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(user));
    return true;
  };
}
const token = "\\?token=[0-9a-f]{32}$";

describe.each([
  ["a path", "/user/ada/", "https://hub\\.example/user/ada/lab", "/user/ada/lab"],
  [
    "one of `subdomain_host`",
    "https://ada.hub.example/user/ada/",
    "https://ada\\.hub\\.example/user/ada/lab",
    "/user/ada/lab",
  ],
  ["another host", "https://evil.org/user/ada/", "https://hub\\.example/user/ada/lab", "/user/ada/lab"],
  ["another host without a scheme", "//evil.org/user/ada/", "https://hub\\.example/user/ada/lab", "/user/ada/lab"],
  ["one that only looks like the hub's", "https://hub.example.evil.org/", "https://hub\\.example/lab", "/lab"],
  ["what would lengthen its name", "x:.evil.org/", "https://hub\\.example/\\.evil\\.org/lab", "/\\.evil\\.org/lab"],
])("where the hub tells %s of a server", (_what, url, address, path) => {
  it("a browser is sent to the hub alone by our own API", async () => {
    isAt(url);
    const answer = await call(scene.stoa, "POST", "/api/stoa/v1/hub/open", { as, body: {} });
    expect(answer).toMatchObject({
      status: 200,
      json: { url: expect.stringMatching(new RegExp(`^${address}${token}`)) },
    });
  });

  it("contract 2 answers with a path", async () => {
    isAt(url);
    const answer = await call(scene.stoa, "POST", "/api/jupyter/launch", { as });
    expect(answer).toMatchObject({ status: 200, json: { url: expect.stringMatching(new RegExp(`^${path}${token}`)) } });
  });
});
