import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { Processes } from "../../platform/processes/contract.ts";
import { NoSystemAccount } from "../../platform/processes/no-system-account.ts";
import { createWorkspacesServer, type WorkspacesServer } from "../testing-workspaces.ts";

let server: WorkspacesServer;
let failure: Error;
const refuses = async (): Promise<never> => {
  throw failure;
};
beforeAll(async () => {
  // As behind a broker that can't make anybody's account.
  const processes: Processes = {
    accountOf: refuses,
    runAgent: refuses,
    runSession: refuses,
    endSession: () => Promise.reject(new Error("not asked")),
    gidOf: async () => null,
    house: refuses,
    unhouse: refuses,
    moveIn: refuses,
    openAside: refuses,
    removeAside: refuses,
    ownerOf: async () => null,
    recheckGroups: async () => undefined,
    onGroupsChanged: () => () => undefined,
  };
  server = await createWorkspacesServer({ platform: { processes } });
});
afterAll(() => server?.close());

const body = { name: "n", description: "d" };
const NO_USER = {
  status: 400,
  body: { success: false, message: "User could not be found/created on main storage system." },
};

describe("a person without an account on the storage system", () => {
  it("is told so in contract 3's words where a workspace is made or changed", async () => {
    failure = new NoSystemAccount(new Error("useradd: the table is full"));
    expect(await server.call("POST", "/workspaces/", body)).toMatchObject(NO_USER);
    const { rows } = await server.database.pool.query(
      "insert into workspaces (owner_id, name, description) values ($1, 'old', '') returning id",
      [server.ids.ann],
    );
    const url = `/workspaces/${rows[0].id}/`;
    const files = { workspace_details: { files: [{ name: "a", content: "b" }] } };
    expect(await server.call("PUT", url, files)).toMatchObject(NO_USER);
    const { rows: left } = await server.database.pool.query("select name from workspaces");
    expect(left).toEqual([{ name: "old" }]);
  });

  it("is told otherwise what goes by by itself", async () => {
    failure = new StoaError("unavailable", { details: { what: "The work on files" } });
    expect((await server.call("POST", "/workspaces/", body)).status).toBe(503);
  });
});
