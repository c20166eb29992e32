/** The real server with a job type whose program is `relay.ts`. */
import { join } from "node:path";
import { serve } from "../../packages/server/src/serve.ts";

await serve({
  env: process.env,
  cwd: process.cwd(),
  extraJobTypes: [
    {
      id: "relay",
      name: "relay",
      icon: "flask",
      parameters: [],
      program: "plain",
      web: "program",
      readiness: "listening",
      protection: "unix-socket",
      fails: "on-error-status",
      command: () => [process.execPath, join(import.meta.dirname, "relay.ts"), process.env.TEST_UPSTREAM_PORT ?? ""],
    },
  ],
});
process.exit(0);
