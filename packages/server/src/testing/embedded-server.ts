import { pino } from "pino";
import { startEmbeddedPostgres } from "../platform/database/embedded/embedded-postgres.ts";
import { StartError } from "../platform/errors/start-error.ts";

/**
 * A process that runs the embedded server of the directory named by its first argument, for tests that kill it
 * or run it as somebody else. Prints one line of JSON: `{url}`, or `{message, remedy}`; ends with SIGTERM.
 */
try {
  const server = await startEmbeddedPostgres({
    dataDir: process.argv[2] ?? "",
    log: pino({ level: "silent" }),
    settings: { fsync: "off" },
  });
  const alive = setInterval(() => undefined, 60_000);
  process.once("SIGTERM", async () => {
    await server.stop();
    clearInterval(alive);
  });
  console.log(JSON.stringify({ url: server.url }));
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  console.log(JSON.stringify({ message: error.message, remedy: error.remedy }));
}
