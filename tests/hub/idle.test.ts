import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { until } from "../support/hub-scene.ts";
import { type IdleScene, kernelOf, MINUTE, startIdleScene, terminalOf } from "../support/idle-scene.ts";
import { call } from "../support/two-servers.ts";

let idle: IdleScene;
beforeAll(async () => {
  idle = await startIdleScene();
});
afterAll(() => idle?.close());
beforeEach(() => idle.begin());
afterEach(() => idle.end());

const kernel = (state: string, minutes: number, connections = 0) => kernelOf(state, idle.ago(minutes), connections);
const terminal = (minutes: number) => terminalOf(idle.ago(minutes));

describe("a server that nobody uses", () => {
  it("is stopped after its owner was warned, with the reason", async () => {
    await idle.round();
    expect((await idle.row()).stop_wanted).toBeNull();
    const at = Date.parse((await idle.shown()).idle_stop_at);
    expect(Math.abs(at - Date.now() - 10 * MINUTE)).toBeLessThan(5_000);
    const told = await call(idle.scene.stoa, "GET", "/api/stoa/v1/notices", {
      as: idle.ada,
      headers: { "accept-language": "fa" },
    });
    expect(told.json.items[0]).toMatchObject({ kind: "hub.idle", link: "/jupyter" });
    expect(told.json.items[0].text).toContain("سرور Jupyter شما");
    await idle.round();
    expect(idle.server.state).toBe("ready");
    await idle.timeIsOver();
    await idle.round();
    const stopped = await until(async () => {
      const one = await idle.shown();
      return one.state === "stopped" && one;
    }, "it is stopped");
    expect(stopped).toMatchObject({ stopped_because: "idle", idle_stop_at: null });
    const { rows } = await idle.scene.database.pool.query(
      "select details from audit_entries where action = 'hub.stop' order by id desc limit 1",
    );
    expect(rows[0].details).toContain('"because":"idle"');
  });

  it("is warned of once, and told to its owner alone", async () => {
    const events: { audience: unknown; data: unknown }[] = [];
    const end = idle.context.platform.events.subscribe({ types: ["hub.server"] }, (event) => void events.push(event));
    for (let count = 0; count < 3; count++) await idle.round();
    await until(async () => events.length >= 2, "it is told");
    end();
    const warnings = events.filter(({ data }) => (data as { state: string }).state === "idle_warned");
    const id = await idle.scene.stoa.accounts.named("ada");
    expect(warnings).toMatchObject([{ audience: [id], data: { idle_stop_at: (await idle.shown()).idle_stop_at } }]);
  });

  it("is stopped without a warning where none is wanted", async () => {
    idle.settings.idleWarningMinutes = 0;
    await idle.round();
    expect((await idle.row()).stop_wanted ?? (await idle.row()).stopped_because).toBe("idle");
  });

  it("is not stopped where no time is set, and a warning is taken back when it is set off", async () => {
    idle.settings.idleMinutes = 0;
    await idle.round();
    expect(await idle.isWarned()).toBe(false);
    idle.settings.idleMinutes = 60;
    await idle.round();
    expect(await idle.isWarned()).toBe(true);
    idle.settings.idleMinutes = 0;
    await idle.round();
    expect(await idle.isWarned()).toBe(false);
    expect((await idle.shown()).idle_stop_at).toBeNull();
  });

  it("is counted from its own start, however long the last one was idle", async () => {
    await idle.round();
    idle.server = idle.scene.hub.runs("ada", "", idle.ago(1));
    await idle.round();
    expect(await idle.isWarned()).toBe(false);
  });
});

describe("what counts as use", () => {
  it.each([
    ["a kernel that runs something", () => idle.uses([kernel("busy", 120)]), true],
    ["a kernel that ran something a while ago", () => idle.uses([kernel("idle", 30)]), true],
    ["a kernel that is idle for long", () => idle.uses([kernel("idle", 100)]), false],
    ["a page that is connected", () => idle.uses([kernel("idle", 100, 1)]), true],
    ["a terminal that printed a while ago", () => idle.uses([], [terminal(20)]), true],
    ["a terminal that is quiet for long", () => idle.uses([], [terminal(100)]), false],
    ["a call of it", () => Object.assign(idle.server, { lastActivity: idle.ago(20).toISOString() }), true],
    ["a terminal without a time", () => idle.uses([], [{ name: "1" }]), false],
    ["a kernel with a time to come", () => idle.uses([{ ...kernel("idle", -10_000) }]), true],
  ])("%s", async (_what, happens, counts) => {
    happens();
    await idle.round();
    expect(await idle.isWarned()).toBe(!counts);
  });

  it.each([
    [
      "an open page alone, where only kernels count",
      ["kernel"],
      () => {
        idle.server.lastActivity = idle.ago(0).toISOString();
        idle.uses([kernel("idle", 100, 3)]);
      },
    ],
    ["a busy kernel, where only the network counts", ["network"], () => idle.uses([kernel("busy", 0)])],
    ["a terminal, where only kernels and the network count", ["kernel", "network"], () => idle.uses([], [terminal(0)])],
  ] as const)("doesn't: %s", async (_what, list, happens) => {
    idle.signals(...list);
    happens();
    await idle.round();
    expect(await idle.isWarned()).toBe(true);
  });

  it("asks no server where only the network counts", async () => {
    idle.signals("network");
    const before = idle.scene.hub.calls.length;
    await idle.round();
    expect(idle.scene.hub.calls.slice(before).filter((one) => one.includes("/api/"))).toEqual([]);
  });

  it("our own asking, which the hub counts as activity, does not", async () => {
    await idle.round();
    expect(Date.parse(idle.server.lastActivity)).toBeGreaterThan(Date.now() - 5_000);
    await idle.round();
    expect(await idle.isWarned()).toBe(true);
    await idle.context.db
      .updateTable("hub_servers")
      .set({ idle_stop_at: new Date(Date.now() - 1_000) })
      .execute();
    await idle.round();
    expect((await idle.row()).stop_wanted ?? (await idle.row()).stopped_because).toBe("idle");
  });
});

describe("after the warning", () => {
  it("a call of it takes the warning back", async () => {
    await idle.round();
    idle.server.lastActivity = new Date(Date.now() + 30_000).toISOString();
    await idle.timeIsOver();
    await idle.round();
    expect(await idle.isWarned()).toBe(false);
    expect((await idle.row()).stop_wanted).toBeNull();
  });

  it("a kernel that began to run at the last moment does, too", async () => {
    idle.signals("kernel");
    await idle.round();
    idle.uses([kernel("busy", 0)]);
    await idle.timeIsOver();
    await idle.round();
    expect(await idle.isWarned()).toBe(false);
    expect(idle.server.state).toBe("ready");
  });

  it("its owner keeps it with one call, for the whole time", async () => {
    await idle.round();
    const kept = await idle.keep();
    expect(kept.status).toBe(200);
    expect(kept.json.idle_stop_at).toBeNull();
    expect(Math.abs(Date.parse(kept.json.keep_until) - Date.now() - 60 * MINUTE)).toBeLessThan(5_000);
    await idle.asIfLater();
    await idle.round();
    expect(await idle.isWarned()).toBe(false);
  });

  it("the way into it keeps it, too", async () => {
    await idle.round();
    expect((await call(idle.scene.stoa, "POST", "/api/stoa/v1/hub/open", { as: idle.ada, body: {} })).status).toBe(200);
    expect((await idle.shown()).idle_stop_at).toBeNull();
  });

  it("a stop for idleness that is not under way yet is taken back", async () => {
    await idle.round();
    const later = { stop_wanted: "idle", stop_try_at: new Date(Date.now() + 60 * MINUTE) } as const;
    await idle.context.db.updateTable("hub_servers").set(later).execute();
    expect((await idle.keep()).status).toBe(200);
    expect(await idle.row()).toMatchObject({ state: "ready", stop_wanted: null, warned_at: null });
  });

  it("keeping one that is being stopped, that is not there, or that can't be is refused", async () => {
    await idle.round();
    await idle.context.db.updateTable("hub_servers").set({ state: "stopping", stop_wanted: "person" }).execute();
    expect((await idle.keep()).status).toBe(409);
    expect((await call(idle.scene.stoa, "POST", "/api/stoa/v1/hub/open", { as: idle.ada, body: {} })).status).toBe(409);
    expect((await idle.keep({ server: "none" })).status).toBe(409);
    expect((await idle.keep({ server: "../x" })).status).toBe(400);
    expect((await idle.keep({ other: 1 })).status).toBe(400);
  });
});
