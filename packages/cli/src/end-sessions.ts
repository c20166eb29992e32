import { StartError } from "@stoa/server/platform/errors/start-error.ts";
import { ownerByAccountList } from "@stoa/server/platform/processes/broker/accounts.ts";
import type { BrokerLink } from "@stoa/server/platform/processes/link.ts";
import { createLocalResource } from "@stoa/server/sessions/resources/local/local.ts";
import type { PersonHosts } from "@stoa/server/sessions/resources/local/person-hosts.ts";

/** The hosts have their own limits since they started; these are for what a killed one left. */
const LIMITS = { scrollbackBytes: 0, logBytes: 0, graceSeconds: 5, lingerSeconds: 0 };

/**
 * Ends every session that runs from this directory, with all its processes.
 * @param broker works as the sessions' owners; null: all are ours
 * @throws StartError when one can't be ended
 */
export async function endSessions(runDirectory: string, broker: BrokerLink | null): Promise<void> {
  const people = broker === null ? null : peopleBy(broker);
  const local = createLocalResource({ runDirectory, limits: LIMITS, people });
  try {
    await Promise.all((await local.list()).map((jobId) => endOne(local, jobId)));
  } finally {
    local.close();
  }
}

/** Without the database, which is about to be another one: the machine's own list of accounts says whose is whose. */
function peopleBy(broker: BrokerLink): PersonHosts {
  const numbers = new Map<number, number>();
  return {
    async ownerOf(uid) {
      const account = await ownerByAccountList(uid);
      if (account !== null) numbers.set(account, uid);
      return account;
    },
    async runSession(account, job, task, input) {
      const uid = numbers.get(account) ?? 0;
      const text = JSON.stringify(input ?? null);
      const { pid, process } = await broker.ask({ verb: "run_session", account, uid, job, task, input: text });
      const end = async () => void (await broker.ask({ verb: "end", process }));
      return { pid, ended: broker.ended(process), end };
    },
    endSession: (account, job, marker, how) =>
      broker.ask({ verb: "end_session", account, uid: numbers.get(account) ?? 0, job, marker, how }),
  };
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
