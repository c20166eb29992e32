import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HubRefusal } from "../../../packages/server/src/hub/client/contract.ts";
import { createHubClient } from "../../../packages/server/src/hub/client/hub-client.ts";
import { createOutboundClient } from "../../../packages/server/src/platform/outbound/outbound-client.ts";
import { debianHub, jupyterHub } from "../../support/jupyter-peers.ts";
import { type Hub, startHub } from "../../support/jupyterhub-process.ts";

const hubs = [
  { peer: "Debian's JupyterHub 3", folder: debianHub() },
  { peer: "JupyterHub 5", folder: jupyterHub(5) },
];

describe.each(hubs)("the client, of $peer", ({ folder }) => {
  describe.skipIf(folder === null)("that runs", () => {
    let hub: Hub;
    beforeAll(async () => {
      hub = await startHub(folder as string, { HUB_EXAMPLE: join(import.meta.dirname, "plain_hub.py") });
    });
    afterAll(() => hub?.stop());

    const clientWith = (token: string) =>
      createHubClient(
        createOutboundClient({
          ...{ name: "JupyterHub", baseUrl: `${hub.url}/hub/api`, timeoutMs: 20_000, attempts: 1 },
          ...{ concurrency: 8, queue: 8, maxResponseBytes: 10_000_000 },
          headers: { authorization: `token ${token}` },
        }),
      );

    it("tells a bad token from a hub that is down", async () => {
      const bad = clientWith("none");
      expect(await bad.version()).toBe(hub.version);
      await expect(bad.self()).rejects.toMatchObject({ name: "HubRefusal", kind: "forbidden" });
      await bad.close();
    });

    it("tells why a server failed, and starts another one all the same", async () => {
      const client = clientWith(hub.token);
      await client.makeUser("fail-ben");
      // What fails at once is told by the answer itself, a 500 of the hub's own.
      await expect(client.startServer("fail-ben")).rejects.toMatchObject({ kind: "failed", status: 500 });
      const told = [];
      for await (const event of client.progress("fail-ben", "", AbortSignal.timeout(30_000))) told.push(event);
      expect(told.at(-1)).toMatchObject({ outcome: "failed", message: expect.stringContaining("Spawn failed") });
      expect((await client.user("fail-ben"))?.servers?.get("")?.ready ?? false).toBe(false);
      await expect(async () => {
        for await (const _ of client.progress("nobody", "", AbortSignal.timeout(5_000)));
      }).rejects.toMatchObject({ name: "HubRefusal" });
      await client.close();
    });

    it("makes, starts, reads and ends what there is, each safe to repeat", async () => {
      const client = clientWith(hub.token);
      expect((await client.self()).scopes.size).toBeGreaterThan(3);
      expect(await client.user("ada")).toBeNull();
      expect(await client.makeUser("ada")).toBe("made");
      expect(await client.makeUser("ada")).toBe("exists");
      expect((await client.users({ offset: 0, limit: 10 })).map(({ name }) => name)).toContain("ada");
      const wish = { expiresIn: 60, note: "a test's", scopes: ["access:servers!user=ada"] };
      const { secret, ...made } = await client.makeToken("ada", wish);
      expect(secret).toMatch(/^\w{16,}$/);
      expect((made.expiresAt as Date).getTime() - Date.now()).toBeLessThan(61_000);
      expect((await client.tokens("ada")).map(({ id }) => id)).toContain(made.id);
      await client.revokeToken("ada", made.id);
      await client.revokeToken("ada", made.id);
      expect((await client.tokens("ada")).map(({ id }) => id)).not.toContain(made.id);
      await expect(client.makeToken("ada", { ...wish, scopes: ["admin:users"] })).rejects.toBeInstanceOf(HubRefusal);
      await client.startServer("ada");
      await client.startServer("ada");
      const told = [];
      for await (const event of client.progress("ada", "", AbortSignal.timeout(60_000))) told.push(event);
      expect(told.at(-1)).toMatchObject({ percent: 100, outcome: "ready" });
      expect((await client.user("ada"))?.servers?.get("")?.ready).toBe(true);
      expect(await client.startServer("ada")).toBe("ready");
      expect((await client.user("ada"))?.servers?.get("")).toMatchObject({ url: "/user/ada/", pending: null });
      await client.stopServer("ada");
      await expect.poll(async () => client.stopServer("ada"), { timeout: 30_000 }).toBe("stopped");
      await client.deleteUser("ada");
      await client.deleteUser("ada");
      await expect(client.startServer("ada")).rejects.toMatchObject({ kind: "no_such_user" });
      await client.close();
    });
  });
});
