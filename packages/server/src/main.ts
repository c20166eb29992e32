import { ConfigError } from "./config/problems.ts";
import { StartError } from "./platform/errors/start-error.ts";
import { keepCompiled } from "./platform/processes/compiled.ts";
import { CHECKOUT } from "./programs.ts";
import { ServerEnded } from "./server-ended.ts";

/** EX_CONFIG of sysexits(3): an operator can mend it, and a supervisor need not try again. */
const CANNOT_START = 78;
/** EX_TEMPFAIL: it may be over in a moment, so do try again. */
const NOT_YET = 75;

keepCompiled(CHECKOUT);
// What is imported before would be made anew at every start.
const { serve } = await import("./serve.ts");

try {
  await serve({ env: process.env, cwd: process.cwd() });
  process.exit(0);
} catch (error) {
  if (error instanceof ConfigError) process.stderr.write(`${error.message}\n`);
  else if (error instanceof StartError) process.stderr.write(`\n${error.message}\n${error.remedy}\n`);
  else if (!(error instanceof ServerEnded)) console.error(error);
  process.exit(exitCodeOf(error));
}

function exitCodeOf(error: unknown): number {
  if (error instanceof ServerEnded) return error.exitCode;
  if (!(error instanceof StartError)) return 1;
  return error.passing ? NOT_YET : CANNOT_START;
}
