import { freemem } from "node:os";
import { afterAll, beforeAll, expect, it } from "vitest";
import { testConfig } from "../../testing/test-platform.ts";
import { tell } from "../sentences.ts";
import { createGround, type Ground } from "../test-ground.ts";
import { startSessions, type TestSessions } from "../test-sessions-server.ts";

const MIB = 2 ** 20;

/** MiB; as much as options allow, so that what else runs here meanwhile makes no difference. */
const wanted = Math.max(1024, Math.min(8192, Math.floor(freemem() / MIB / 3)));

let ground: Ground;
let stoa: TestSessions;
/** A machine that has room for one such session and not for two. */
beforeAll(async () => {
  ground = await createGround();
  const memoryReserveBytes = Math.max(0, freemem() - 1.5 * wanted * MIB);
  const sessions = { ...testConfig().sessions, memoryCheck: "on", memoryReserveBytes } as const;
  stoa = await startSessions(ground, { localIsolation: "none", sessions });
});
afterAll(async () => {
  await stoa?.stop();
  await ground.clear();
});

it("refuses a start that does not fit, with the figures, and lets in what fits, of two at once one", async () => {
  const workspaces = await Promise.all([ground.workspace(1), ground.workspace(2)]);
  const body = { job_type: "local_test_job", resource_options: { memory_mb: wanted } };
  const answers = await Promise.all([
    stoa.call("PUT", `/workspaces/${workspaces[0]}/start/`, { as: "boss", body }),
    stoa.call("PUT", `/workspaces/${workspaces[1]}/start/`, { as: "ann", body }),
  ]);
  expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409]);
  const refusal = answers.find((answer) => answer.status === 409);
  const said = refusal?.body.message as string;
  expect(said).toContain(`There is not enough free memory on this machine: the session may take ${wanted} MiB, and `);
  expect(tell(said)).toMatchObject({ code: "memory_short", params: { wanted: String(wanted) } });
});
