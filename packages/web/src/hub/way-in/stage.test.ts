import { expect, test } from "vitest";
import { ApiError } from "../../api/api-error.ts";
import type { HubLaunch, HubServer, OwnHub } from "../../api/hub.ts";
import { type Stage, type Step, stageOf } from "./stage.ts";

const launched = (state: HubLaunch["state"], cause: HubLaunch["cause"] = null): HubLaunch => ({
  operation_id: "7",
  state,
  cause,
  begun_at: "2026-11-22T10:00:00.000Z",
  ended_at: null,
});
function hub(launch: HubLaunch | null, state: HubServer["state"] = "stopped", more: Partial<OwnHub> = {}): OwnHub {
  const server = { server: "", state, launch, started_at: null, last_activity: null };
  const stops = { stop_wanted: null, stopped_because: null, stopped_at: null, idle_stop_at: null };
  return {
    ...{ configured: true, silence: null, public_url: "http://hub.example", named_servers: true, idle_minutes: 0 },
    user: { name: "ann", state: "ours" },
    servers: [{ ...server, ...stops }],
    ...more,
  };
}
const refused = (status: number, details: Readonly<Record<string, unknown>> = {}): Step => ({
  done: "refused",
  error: new ApiError({ status, code: "x", message: "x", requestId: "r", details }),
});
const began: Step = { done: "began" };

test.each<[string, OwnHub | undefined, Step, Partial<Stage>]>([
  ["nothing is known yet", undefined, { done: "nothing" }, { at: "looking" }],
  ["no hub", hub(null, "stopped", { configured: false }), { done: "nothing" }, { at: "not-now", cause: "no_hub" }],
  ["no hub any more", hub(null, "stopped", { configured: false }), began, { at: "not-now", cause: "no_hub" }],
  ["back so soon", hub(null, "ready"), { done: "came-back" }, { at: "back" }],
  ["asked for", hub(null), { done: "asked" }, { at: "starting", launch: null }],
  // What an earlier start came to is no news of this one.
  ["asked for again", hub(launched("failed", "died")), { done: "asked" }, { at: "starting", launch: null }],
  ["queued", hub(launched("queued")), began, { at: "starting" }],
  ["waiting", hub(launched("asked", "hub_down")), began, { at: "starting" }],
  ["ready", hub(launched("ready"), "ready"), began, { at: "opening" }],
  ["failed", hub(launched("failed", "over_quota")), began, { at: "not-now", cause: "over_quota", number: "7" }],
  ["cancelled", hub(launched("cancelled")), began, { at: "not-now", cause: "cancelled" }],
  ["too slow", hub(launched("failed", "too_slow"), "starting"), began, { at: "not-now", cause: "too_slow" }],
  ["too slow, and there", hub(launched("failed", "too_slow"), "ready"), began, { at: "turned-up" }],
  ["gone meanwhile", hub(null, "ready"), refused(409, { problem: "not running" }), { at: "gone" }],
  ["the hub is away", hub(null), refused(503, { cause: "hub_down" }), { at: "not-now", cause: "hub_down" }],
  ["too often", hub(null), refused(429), { at: "trouble" }],
  ["a defect of ours", hub(null), { done: "refused", error: new TypeError("x") }, { at: "trouble" }],
])("%s", (_what, known, step, stage) => {
  expect(stageOf(known, "", step)).toMatchObject(stage);
});

test("one with a name, where there are none", () => {
  const off = hub(null, "stopped", { named_servers: false });
  expect(stageOf(off, "second", { done: "nothing" })).toMatchObject({ at: "not-now", cause: "named_servers_off" });
});
