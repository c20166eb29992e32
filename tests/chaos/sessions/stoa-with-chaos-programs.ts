/** The real server, with the programs that a chaos run starts. */
import { serve } from "../../../packages/server/src/serve.ts";
import { chaosJobTypes } from "./programs.ts";

await serve({ env: process.env, cwd: process.cwd(), extraJobTypes: chaosJobTypes });
process.exit(0);
