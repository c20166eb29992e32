import { StartError } from "@stoa/server/platform/errors/start-error.ts";
import { createLocalResource } from "@stoa/server/sessions/resources/local/local.ts";

/** The hosts have their own limits since they started; these are for what a killed one left. */
const LIMITS = { scrollbackBytes: 0, logBytes: 0, graceSeconds: 5, lingerSeconds: 0 };

/**
 * Ends every session that runs from this directory, with all its processes.
 * @throws StartError when one can't be ended
 */
export async function endSessions(runDirectory: string): Promise<void> {
  const local = createLocalResource({ runDirectory, limits: LIMITS });
  try {
    await Promise.all((await local.list()).map((jobId) => endOne(local, jobId)));
  } finally {
    local.close();
  }
}

async function endOne(local: ReturnType<typeof createLocalResource>, jobId: number): Promise<void> {
  const { state } = await local.observe(jobId);
  if (state === "ended") return;
  await local.stop(jobId, "A backup was restored.").catch((cause) => {
    throw new StartError(
      `Session ${jobId}, which runs in this data directory, could not be ended. Nothing was changed.`,
      "Try again; if it goes on, end its processes by hand, or restart the machine.",
      { cause },
    );
  });
}
