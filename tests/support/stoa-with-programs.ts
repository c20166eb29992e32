/**
 * The real server with more job types, the benchmarks' web program (on a socket and on a port), the tests' one that misbehaves, one
 * that is prepared first, and, with TEST_TICK=1, an operation that is scheduled each second.
 */
import { join } from "node:path";
import type { Stoa } from "../../packages/server/src/app.ts";
import { serve } from "../../packages/server/src/serve.ts";
import type { JobType } from "../../packages/server/src/sessions/job-types/contract.ts";
import { say } from "../../packages/server/src/sessions/sentences.ts";

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

/** The same web program where it can only listen on a port: in a network of its own, behind a bridge. */
const benchPort: JobType = {
  ...webProgram("bench_port", ""),
  protection: "private-network",
  command: () => {
    const script = join(import.meta.dirname, "../../bench/support/web-upstream.ts");
    return ["/bin/sh", "-c", 'exec "$0" "$1" "$STOA_SESSION_PORT"', process.execPath, script];
  },
};

/** One whose preparation prints, and goes on when the workspace has a file `go`, or fails when it has one `fail`. */
const prepared: JobType = {
  ...webProgram("test_prepared", "session-program.ts"),
  prepare: () => [
    {
      saying: say("preparing_packages", { packages: "numpy, pandas" }),
      command: [
        "/bin/sh",
        "-c",
        'echo "Collecting numpy"; until [ -e go ] || [ -e fail ]; do sleep 0.1; done; echo "No matching version"; [ -e go ]',
      ],
      timeoutSeconds: 120,
    },
  ],
};

function tickEachSecond({ platform }: Stoa): void {
  platform.operations.register({
    kind: "test.tick",
    attempts: 1,
    heartbeatSeconds: 10,
    expireSeconds: 30,
    concurrency: 1,
    run: async () => ({ nodeId: platform.config.nodeId }),
  });
  platform.operations.schedule("test.tick", "* * * * * *", {
    kind: "test.tick",
    subject: { kind: "test", id: "tick" },
    actor: { accountId: null, label: "schedule" },
    input: {},
  });
}

await serve({
  ...(process.env.TEST_TICK === "1" ? { extend: tickEachSecond } : {}),
  env: process.env,
  cwd: process.cwd(),
  extraJobTypes: [
    webProgram("bench_web", "../../bench/support/web-upstream.ts"),
    benchPort,
    webProgram("test_web", "session-program.ts"),
    prepared,
  ],
});
process.exit(0);
