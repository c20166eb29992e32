import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hubChecks } from "../../../packages/cli/src/checks/hub-checks.ts";
import { testConfig } from "../../../packages/server/src/testing/test-platform.ts";
import { debianHub, jupyterHub } from "../../support/jupyter-peers.ts";
import { type Hub, startHub } from "../../support/jupyterhub-process.ts";

const hubs = [
  { peer: "Debian's JupyterHub 3", folder: debianHub() },
  { peer: "JupyterHub 5", folder: jupyterHub(5) },
];

describe.each(hubs)("stoa doctor, at $peer", ({ folder }) => {
  describe.skipIf(folder === null)("that runs", () => {
    let hub: Hub;
    beforeAll(async () => {
      hub = await startHub(folder as string, { HUB_EXAMPLE: join(import.meta.dirname, "plain_hub.py") });
    });
    afterAll(() => hub?.stop());

    function check(changes: object = {}) {
      const config = testConfig();
      const apiUrl = `${hub.url}/hub/api`;
      return hubChecks({ ...config, hub: { ...config.hub, apiUrl, apiToken: hub.token, ...changes } });
    }

    it("finds all in order, each scope as this hub expands it", async () => {
      const checks = await check();
      expect(checks.filter(({ state }) => state !== "ok")).toEqual([]);
      expect(checks.find(({ name }) => name === "hub connection")?.found).toContain(hub.version);
    });

    it("tells a bad token, and another path of the hub, which answers with a page", async () => {
      expect(await check({ apiToken: "none" })).toContainEqual(
        expect.objectContaining({ name: "hub token", state: "fail", found: expect.stringContaining("403") }),
      );
      const [connection] = await check({ apiUrl: `${hub.url}/hub/login` });
      expect(connection).toMatchObject({ state: "fail", found: expect.stringContaining("not a hub's API") });
    });
  });
});
