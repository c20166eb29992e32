import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createGround, type Ground } from "../test-ground.ts";
import { startSessions, type TestSessions } from "../test-sessions-server.ts";

let ground: Ground;
let stoa: TestSessions;
let workspace_id: number;

beforeAll(async () => {
  ground = await createGround();
  stoa = await startSessions(ground);
  workspace_id = await ground.workspace(1);
});
afterAll(async () => {
  await stoa?.stop();
  await ground?.clear();
});

const OWN = "/api/stoa/v1/sessions";
const UNKEEPABLE = [{ a: "x\0y" }, { "\0": 1 }, { a: [{ b: "\ud800" }] }, { "\udfff": null }];

describe("a start that asks for what can't be", () => {
  it.each(UNKEEPABLE)("is refused for the details %j, in the words of each API", async (job_details) => {
    // As text: the escapes have to arrive as such.
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ workspace_id, job_type: "terminal", job_details });
    const contract3 = await stoa.call("PUT", `/workspaces/${workspace_id}/start/`, { body, headers });
    expect(contract3).toMatchObject({ status: 400, body: { success: false, message: "Job details not JSON." } });
    for (const path of [OWN, `${OWN}/preflight`]) {
      const answer = await stoa.call("POST", path, { body, headers });
      expect(answer).toMatchObject({ status: 400, body: { detail: expect.stringContaining("job_details") } });
    }
    expect((await ground.database.pool.query("select id from jobs")).rows).toEqual([]);
  });

  it("is refused for more details than are shown with each list of jobs, and not for as many", async () => {
    const asked = (length: number) => ({
      body: { workspace_id, job_type: "no_such", job_details: { a: "x".repeat(length - 8) } },
    });
    const told = "Job details of 16385 characters above maximum of 16384.";
    const contract3 = await stoa.call("PUT", `/workspaces/${workspace_id}/start/`, asked(16_385));
    expect(contract3).toMatchObject({ status: 400, body: { message: told } });
    const own = await stoa.call("POST", `${OWN}/preflight`, asked(16_385));
    expect(own).toMatchObject({ status: 400, body: { detail: told } });
    expect((await stoa.call("POST", `${OWN}/preflight`, asked(16_384))).status).toBe(200);
  });

  it.each(UNKEEPABLE)("is refused for the options %j where they are known, and ignores them else", async (value) => {
    const headers = { "content-type": "application/json" };
    const asked = (resource_options: unknown) =>
      stoa.call("POST", `${OWN}/preflight`, {
        body: JSON.stringify({ workspace_id, job_type: "terminal", resource_options }),
        headers,
      });
    expect(await asked({ num_cpus: value })).toMatchObject({ status: 200, body: { may_start: false } });
    expect(await asked(value)).toMatchObject({ status: 200, body: { may_start: true } });
  });

  it.each(["1e300", "9007199254740993", "99999999999999999999", "0", "-1", "1.5", "\ud800", "%00"])(
    "and a look for the workspace or session %j are no faults of ours",
    async (id) => {
      const text = encodeURI(id.isWellFormed() ? id : "%ED%A0%80");
      for (const path of [`${OWN}?workspace_id=${text}`, `${OWN}/${text}`, `/jobs/?workspace_id=${text}`]) {
        expect((await stoa.call("GET", path)).status).toBeLessThan(500);
      }
      for (const filter of ["resource_job_id", "job_type", "status"]) {
        expect((await stoa.call("GET", `/jobs/?${filter}=${text}`)).status).toBe(200);
      }
      expect((await stoa.call("GET", `${OWN}/1/log?offset=${text}`)).status).toBeLessThan(500);
    },
  );

  it("without a type goes by the workspace's own, which an empty one means as well", async () => {
    const body = { workspace_id, job_type: "" };
    expect((await stoa.call("POST", `${OWN}/preflight`, { body })).body.checks).toContainEqual(
      expect.objectContaining({ id: "job_type", told: expect.objectContaining({ code: "no_job_type" }) }),
    );
  });
});
