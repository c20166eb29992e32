/** The real server, with one more job type: the benchmarks' own web program. */
import { join } from "node:path";
import { serve } from "../../packages/server/src/serve.ts";
import { benchWebJobType } from "./bench-web-job-type.ts";

await serve({
  env: process.env,
  cwd: process.cwd(),
  extraJobTypes: [benchWebJobType(join(import.meta.dirname, "web-upstream.ts"))],
});
