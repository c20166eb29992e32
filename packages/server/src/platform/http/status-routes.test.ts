import { afterEach, describe, expect, it } from "vitest";
import { createTestAuthenticator, createTestServer, testPrincipals } from "../../testing/create-test-server.ts";
import { testConfig } from "../../testing/test-platform.ts";
import { type HealthCheck, watchHealth } from "./dependency-health.ts";
import { type StatusParts, statusRoutes } from "./status-routes.ts";

const well: HealthCheck = async () => null;
const ill: HealthCheck = async () => "The folder /srv/secret is gone.";
let close: () => Promise<void> = async () => undefined;
afterEach(() => close());

async function status(parts: Partial<StatusParts>, headers: Record<string, string> = {}, uws: object | null = null) {
  const config = { ...testConfig(), build: "abc123", uws: uws as ReturnType<typeof testConfig>["uws"] };
  const all = { resources: { local: well }, storageMethods: { local: well }, authenticationMethods: { local: well } };
  const admin = testPrincipals.zpat_admin;
  const principals = {
    ...testPrincipals,
    zpat_held: { ...admin, limitation: "second-factor" as const },
    zpat_new: { ...admin, mustChangePassword: true },
  };
  const { app } = await createTestServer({
    authenticator: createTestAuthenticator(principals),
    routes: [statusRoutes({ config }, { ...all, ...parts })],
  });
  close = () => app.close();
  return app.inject({ url: "/status/", headers });
}

const connected = { connected: true, message: "" };

describe("GET /status/", () => {
  it("answers everybody in contract 3's shape", async () => {
    const answer = await status({});
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["cache-control"]).toBe("no-store");
    expect(answer.json()).toEqual({
      message: "",
      success: true,
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      build: "abc123",
      dependencies: {
        main_resource: connected,
        api_user_authentication: connected,
        resources: { local: connected },
        storage_methods: { local: connected },
        user_authentication_methods: { local: connected },
      },
    });
  });

  it.each([
    ["nobody", {}, ""],
    ["a person", { authorization: "Bearer zpat_ann" }, ""],
    ["somebody with a token that is none", { authorization: "Bearer zpat_nobody" }, ""],
    ["an administrator without the second factor that is asked for", { authorization: "Bearer zpat_held" }, ""],
    ["an administrator who has to change the password", { authorization: "Bearer zpat_new" }, ""],
    ["an administrator", { authorization: "Bearer zpat_admin" }, "The folder /srv/secret is gone."],
  ])("is 200 for %s when something is gone, and says why to administrators only", async (_who, headers, message) => {
    const answer = await status({ storageMethods: { local: ill }, resources: { local: ill } }, headers);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      success: true,
      dependencies: {
        main_resource: { connected: false, message },
        storage_methods: { local: { connected: false, message } },
        user_authentication_methods: { local: connected },
      },
    });
    if (message === "") expect(answer.body).not.toContain("secret");
  });

  it("speaks of the ids that the replaced service had", async () => {
    const uws = { mainResource: "second", apiUserAuthentication: "auth" };
    const parts = { resources: { first: ill, second: well }, authenticationMethods: { auth: well, password: ill } };
    expect((await status(parts, {}, uws)).json()).toMatchObject({
      dependencies: {
        main_resource: connected,
        api_user_authentication: connected,
        resources: { first: { connected: false }, second: connected },
      },
    });
  });
});

describe("checks", () => {
  it("run once for all who ask within two seconds, and again after", async () => {
    let [runs, time] = [0, 0];
    const one: HealthCheck = async () => {
      runs += 1;
      return null;
    };
    const read = watchHealth({ group: { one } }, () => time);
    await Promise.all([read(), read(), read()]);
    time = 1_999;
    await read();
    expect(runs).toBe(1);
    time = 2_000;
    await read();
    expect(runs).toBe(2);
  });

  it("that hang or throw count as not connected", async () => {
    const hangs: HealthCheck = () => new Promise(() => undefined);
    const throws: HealthCheck = async () => Promise.reject(new Error("broken"));
    const began = Date.now();
    expect(await watchHealth({ group: { hangs, throws, well } })()).toEqual({
      group: {
        hangs: { connected: false, message: "It gave no answer within 2 seconds." },
        throws: { connected: false, message: "broken" },
        well: connected,
      },
    });
    expect(Date.now() - began).toBeLessThan(5_000);
  });
});
