/**
 * A server process for tests that kill it: `node test-server-process.ts <database url> <data directory>`. Prints its
 * address when it serves, and runs until it is killed.
 */
import { connect } from "../platform/database/connect.ts";
import { startSessions } from "./test-sessions-server.ts";

const [url = "", dataDir = ""] = process.argv.slice(2);
const connections = connect({ url, size: 5, applicationName: "stoa-test", onIdleError: () => undefined });
const database = { ...connections, url, drop: async () => undefined };
const workspace = async (): Promise<number> => {
  throw new Error("Workspaces are made by the test.");
};
const stoa = await startSessions({ database, dataDir, workspace });
process.stdout.write(`${stoa.base}\n`);
