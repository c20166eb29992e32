import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DeclaredType } from "../../config/schema.ts";
import { say } from "../sentences.ts";
import { createGround, type Ground } from "../test-ground.ts";
import { startSessions, type TestSessions } from "../test-sessions-server.ts";
import type { JobType } from "./contract.ts";
import { declared } from "./declared.ts";

const command: DeclaredType = {
  id: "own_command",
  name: "Own command",
  icon: "apps",
  program: "/bin/sh",
  args: [[{ text: "-c" }], [{ text: 'printf "%s" "$1" > told; sleep 60' }], [{ text: "sh" }], [{ hole: "param.word" }]],
  ready: "started",
  environment: {},
  environmentFolder: null,
  resources: ["num_cpus"],
  parameters: [
    {
      display_name: "Word",
      description: "",
      variable_name: "word",
      default_value: "plain",
      validation: { type: "str", required: false, choices: ["plain", "$(id)"], alone: true },
    },
  ],
};
const preparing = (id: string, script: string): JobType => ({
  ...declared({ ...command, id }),
  prepare: () => [{ saying: say("preparing_python"), command: ["/bin/sh", "-c", script], timeoutSeconds: 60 }],
});

let ground: Ground;
let server: TestSessions;
beforeAll(async () => {
  ground = await createGround();
  server = await startSessions(ground, {
    extraJobTypes: [
      declared(command),
      declared({ ...command, id: "not_there", program: "no-such-program" }),
      preparing("prepared", "until [ -e seen ]; do sleep 0.1; done; touch made"),
      preparing("unprepared", "echo no network; exit 4"),
      // So long that it is told from the middle of a character on.
      preparing("talkative", `printf '%s' "${"😀".repeat(400)}y"; exit 4`),
    ],
  });
});
afterAll(async () => {
  await server?.stop();
  await ground?.clear();
});

const session = async (jobId: number) => (await server.call("GET", `/api/stoa/v1/sessions/${jobId}`)).body;

describe("job types in sessions", () => {
  it("are listed with their own parameters, and with what is missing", async () => {
    const { items } = (await server.call("GET", "/api/stoa/v1/session-types")).body;
    const find = (id: string) => items.find((one: { id: string }) => one.id === id);
    expect(find("own_command")).toMatchObject({
      refused: null,
      parameters: ["num_cpus"],
      own_parameters: [{ variable_name: "word", validation: { type: "str", choices: ["plain", "$(id)"] } }],
    });
    expect(find("not_there").refused_told).toMatchObject({
      code: "program_missing",
      params: { program: "no-such-program" },
    });
  });

  it("are refused before they start when their program is not there", async () => {
    const refused = await server.call("POST", "/api/stoa/v1/sessions", {
      body: { workspace_id: await ground.workspace(1), job_type: "not_there" },
    });
    expect(refused.status).toBe(409);
    expect(refused.body.detail).toContain("no-such-program");
    const inContract3 = await server.call("PUT", `/workspaces/${await ground.workspace(1)}/start/`, {
      body: { job_type: "not_there" },
    });
    expect(inContract3).toMatchObject({
      status: 400,
      body: {
        success: false,
        message: "Job Type improperly configured. Please contact a system administrator to resolve this.",
      },
    });
  });

  it("take their own options, and no others", async () => {
    const { jobId } = await server.begin("own_command", { resource_options: { word: "$(id)" } });
    await server.until(jobId, "running");
    expect((await session(jobId)).resource.options.word).toBe("$(id)");
    const refused = await server.call("POST", "/api/stoa/v1/sessions", {
      body: { workspace_id: await ground.workspace(1), job_type: "own_command", resource_options: { word: "other" } },
    });
    expect(refused.status).toBe(422);
    expect(refused.body.detail).toBe(
      `Invalid resource options found: ["word: Value 'other' not among ['plain', '$(id)']."]`,
    );
  });

  it("tell what is made before they start, and then run", async () => {
    const { jobId, workspaceId } = await server.begin("prepared");
    await expect.poll(async () => (await session(jobId)).preparing?.code).toBe("preparing_python");
    expect((await session(jobId)).status).toBe("pending");
    writeFileSync(join(ground.dataDir, "workspaces", "1", String(workspaceId), "seen"), "");
    await server.until(jobId, "running");
    expect((await session(jobId)).preparing).toBeNull();
  });

  it("tell why it could not be made", async () => {
    const { jobId } = await server.begin("unprepared");
    await server.until(jobId, "failed");
    expect((await session(jobId)).reason_told).toMatchObject({
      code: "prepare_failed",
      params: { status: "4", lines: "no network" },
      because: { code: "preparing_python" },
    });
  });

  it("end also when the last that was printed is cut within a character", async () => {
    const { jobId } = await server.begin("talkative");
    await server.until(jobId, "failed");
    const { reason, steps } = await session(jobId);
    expect(reason).toMatch(/😀y$/u);
    expect(reason.isWellFormed()).toBe(true);
    expect(steps.at(-1).text).toBe(reason);
  });
});
