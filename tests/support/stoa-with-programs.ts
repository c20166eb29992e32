/** The real server with two more job types: the benchmarks' web program, and the tests' one that misbehaves. */
import { join } from "node:path";
import { serve } from "../../packages/server/src/serve.ts";
import type { JobType } from "../../packages/server/src/sessions/job-types/contract.ts";

function webProgram(id: string, script: string): JobType {
  return {
    id,
    name: id,
    icon: "flask",
    parameters: [],
    program: "plain",
    web: "program",
    readiness: "listening",
    protection: "unix-socket",
    fails: "on-error-status",
    command: () => [process.execPath, join(import.meta.dirname, script)],
  };
}

await serve({
  env: process.env,
  cwd: process.cwd(),
  extraJobTypes: [
    webProgram("bench_web", "../../bench/support/web-upstream.ts"),
    webProgram("test_web", "session-program.ts"),
  ],
});
process.exit(0);
