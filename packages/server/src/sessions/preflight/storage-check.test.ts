import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Room } from "../../storage/storage.ts";
import { createGround, type Ground } from "../test-ground.ts";
import { startSessions, type TestSessions } from "../test-sessions-server.ts";

const MIB = 2 ** 20;
const room: Room = {
  used: 11 * MIB,
  allowed: 10 * MIB,
  level: "over",
  setBy: "boss",
  asOf: new Date(Date.now() - 3 * 60_000),
  enforced: true,
  diskFree: null,
};

let ground: Ground;
let stoa: TestSessions;
let now: Room | null = null;

beforeAll(async () => {
  ground = await createGround();
  stoa = await startSessions(ground, { roomOf: async (accountId) => (accountId === 1 ? now : null) });
});
afterEach(() => {
  now = null;
});
afterAll(async () => {
  await stoa.stop();
  await ground.clear();
});

async function both(language?: string) {
  const body = { workspace_id: await ground.workspace(1), job_type: "terminal" };
  const asked = await stoa.call("POST", "/api/stoa/v1/sessions/preflight", { body });
  const headers = language === undefined ? {} : { headers: { "accept-language": language } };
  const started = await stoa.call("POST", "/api/stoa/v1/sessions", { body, ...headers });
  const check = asked.body.checks.find(({ id }: { id: string }) => id === "storage");
  return { check, mayStart: asked.body.may_start, started, body };
}

describe("a start by somebody whose storage is full", () => {
  it("is refused with the figures and the way out, by the preflight in the same words", async () => {
    now = room;
    const { check, mayStart, started } = await both();
    expect(mayStart).toBe(false);
    expect(check).toMatchObject({
      ok: false,
      used: String(11 * MIB),
      allowed: String(10 * MIB),
      unit: "bytes",
      set_by: "boss",
      told: {
        code: "storage_full",
        params: {
          used: "11",
          allowed: "10",
          set_by: "boss",
          minutes: "3",
          address: expect.stringMatching(/\/storage$/),
        },
      },
    });
    expect(started.status).toBe(409);
    expect(started.body.detail).toBe(check.told.text);
    expect(started.body.detail).toMatch(/11 of 10 MiB .*set by boss, counted 3 min ago.*\/portal\/storage first/);
  });

  it("is told of in Persian, and in contract 3 too", async () => {
    now = { ...room, level: "full", used: 10 * MIB };
    const { started, body } = await both("fa");
    expect(started.body.detail).toMatch(/از ۱۰ مگابایت، ۱۰ مگابایت پر است/);
    const contract = await stoa.call("PUT", `/workspaces/${body.workspace_id}/start/`, {
      body: { job_type: "terminal" },
    });
    expect(contract.status).toBeGreaterThanOrEqual(400);
    expect(JSON.stringify(contract.body)).toContain("10 of 10 MiB");
  });

  it("starts where there is room, where nothing was counted, and where nothing is known", async () => {
    for (const [at, one] of [
      [8, { ...room, used: 9 * MIB, level: "near" }],
      [0, { ...room, asOf: null }],
      [0, null],
    ] as const) {
      now = one;
      const { check, started } = await both();
      expect(check, String(at)).toMatchObject({ ok: true, told: null });
      expect(started.status).toBe(201);
      await stoa.call("POST", `/api/stoa/v1/sessions/${started.body.id}/stop`);
    }
  });
});
