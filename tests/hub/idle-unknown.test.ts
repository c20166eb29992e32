import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { HubContext } from "../../packages/server/src/hub/context.ts";
import { idleProblem } from "../../packages/server/src/hub/health/idle-health.ts";
import { type IdleScene, kernelOf, MINUTE, startIdleScene } from "../support/idle-scene.ts";

type HubConfig = HubContext["platform"]["config"]["hub"];

let idle: IdleScene;
beforeAll(async () => {
  idle = await startIdleScene();
});
afterAll(() => idle?.close());
beforeEach(() => idle.begin());
afterEach(() => idle.end());

const kernel = (state: string, minutes: number) => kernelOf(state, idle.ago(minutes));

describe("a server that can't be asked", () => {
  /** Silent since then; the rows are asked anew. */
  const silentSince = (minutes: number) =>
    idle.context.db
      .updateTable("hub_servers")
      .set({ silent_since: idle.ago(minutes), asked_at: [] })
      .where("user_name", "=", "ada")
      .execute();
  /** It has answered once, and does no longer. */
  async function fallsSilent(): Promise<void> {
    idle.signals("kernel");
    idle.uses([kernel("busy", 0)]);
    await idle.round();
    await idle.context.db.updateTable("hub_servers").set({ used_at: null, asked_at: [] }).execute();
    idle.server.use = null;
    await idle.round();
  }
  /** Somebody else's server that answers, and is not idle itself. */
  const another = () => {
    if (!idle.scene.hub.users.has("bob")) idle.scene.hub.addUser("bob");
    return idle.scene.hub.runs("bob", "", idle.ago(1));
  };

  it("is not stopped while it may be busy, and is when it has been silent for the whole time", async () => {
    another();
    await fallsSilent();
    expect(await idle.isWarned()).toBe(false);
    await silentSince(30);
    await idle.round();
    expect(await idle.isWarned()).toBe(false);
    await silentSince(61);
    await idle.round();
    expect(await idle.isWarned()).toBe(true);
  });

  it("is not stopped for a silence in which nobody else's answers either", async () => {
    await fallsSilent();
    await silentSince(61);
    await idle.round();
    expect(await idle.isWarned()).toBe(false);
    another().use = null;
    await silentSince(61);
    await idle.round();
    expect(await idle.isWarned()).toBe(false);
  });

  it("is not stopped where it has never answered since its start", async () => {
    another();
    await fallsSilent();
    idle.server = idle.scene.hub.runs("ada", "", idle.ago(100));
    idle.server.use = null;
    await idle.context.db
      .updateTable("hub_servers")
      .set({ answered_at: idle.ago(110) })
      .where("user_name", "=", "ada")
      .execute();
    await idle.round();
    await silentSince(61);
    await idle.round();
    expect(await idle.isWarned()).toBe(false);
  });

  it.each([302, 404, 424])("is not stopped where a hub's own port answers %i instead, however long", async (status) => {
    another();
    await fallsSilent();
    idle.scene.hub.intercept = (request, response) => {
      if (request.url?.startsWith("/user/ada/") !== true) return false;
      response.writeHead(status, { location: "/hub/user/ada/" }).end();
      return true;
    };
    await silentSince(61);
    await idle.round();
    expect(await idle.row()).toMatchObject({ warned_at: null, silent_since: null, ask_problem: "elsewhere" });
    expect((await idleProblem(idle.context))?.en).toContain("JUPYTERHUB_PROXY_URL");
  });

  it("begins anew once it has answered", async () => {
    idle.signals("kernel");
    idle.server.use = null;
    await idle.round();
    idle.uses([kernel("busy", 0)]);
    await idle.asIfLater();
    await idle.round();
    expect(await idle.row()).toMatchObject({ silent_since: null, warned_at: null });
  });

  it.each([
    ["nonsense", [{ hello: 1 }]],
    ["something else", { kernels: [] } as never],
  ])("is silent when it answers %s", async (_what, kernels) => {
    idle.server.use = { kernels, terminals: [] };
    await idle.round();
    expect(await idle.row()).toMatchObject({ warned_at: null, silent_since: expect.any(Date) });
  });

  it.each([["kernel"], ["kernel", "network"], ["terminal", "network"]] as const)(
    "for want of a scope, with %s %s: nothing is known, and nothing is stopped",
    async (...list) => {
      idle.scene.hub.scopes.delete("access:servers");
      idle.signals(...(list as HubConfig["idleSignals"]));
      idle.uses([kernel("busy", 0)]);
      await idle.round();
      expect(await idle.row()).toMatchObject({ warned_at: null, ask_problem: "forbidden" });
      expect((await idleProblem(idle.context))?.en).toContain("access:servers");
      idle.signals("network");
      expect(await idleProblem(idle.context)).toBeNull();
    },
  );

  it("for want of a scope: the network decides where nothing else counts", async () => {
    idle.scene.hub.scopes.delete("access:servers");
    idle.signals("network");
    await idle.round();
    expect(await idle.isWarned()).toBe(true);
  });
});

describe("the hub's clock", () => {
  it.each([-3, 3])("%i hours off ours changes nothing", async (hours) => {
    idle.scene.hub.skewMs = hours * 60 * MINUTE;
    idle.server = idle.scene.hub.runs("ada", "", idle.ago(40));
    await idle.round();
    expect(await idle.isWarned()).toBe(false);
    idle.server = idle.scene.hub.runs("ada", "", idle.ago(55));
    await idle.context.db.deleteFrom("hub_servers").execute();
    await idle.round();
    expect(await idle.isWarned()).toBe(true);
    expect(Math.abs(Date.parse((await idle.shown()).idle_stop_at) - Date.now() - 10 * MINUTE)).toBeLessThan(5_000);
  });
});
