/** The real server with job types that no operator would choose. */
import { serve } from "../../packages/server/src/serve.ts";
import type { JobType } from "../../packages/server/src/sessions/job-types/contract.ts";

function program(id: string, script: string): JobType {
  return {
    id,
    name: id,
    icon: "flask",
    parameters: [],
    program: "plain",
    web: "none",
    readiness: "started",
    protection: "no-port",
    fails: "on-error-status",
    command: () => ["/bin/sh", "-c", script],
  };
}

await serve({
  env: process.env,
  cwd: process.cwd(),
  extraJobTypes: [
    program("dies", "echo last words; exit 3"),
    program("chatters", "head -c 1000000000 /dev/zero; echo the-end"),
    program("is_deaf", "trap '' TERM HUP INT; echo up; while :; do sleep 1; done"),
    program("waits_then_ends", "echo up; sleep 3; echo down; exit 0"),
  ],
});
process.exit(0);
