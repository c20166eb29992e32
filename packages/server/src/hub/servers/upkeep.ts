import type { HubClient } from "../client/contract.ts";
import { openServerCalls } from "../client/server-use.ts";
import type { HubContext } from "../context.ts";
import type { KeptGoing } from "../keep-going.ts";
import { sweepIdle } from "./idle/idle-sweep.ts";
import { createInactiveOwners } from "./inactive-owners.ts";
import { createPoller } from "./poller.ts";

/** What goes on in the background about servers: looking at all, and stopping those that nobody uses or may use. */
export function createServerUpkeep(
  context: HubContext & { readonly client: HubClient },
  stopper: KeptGoing,
): Pick<KeptGoing, "start" | "stop"> {
  const calls = openServerCalls(context.platform);
  const inactive = createInactiveOwners(context, stopper.wake);
  const poller = createPoller(context, async (aheadMs, signal) => {
    if (calls !== null) await sweepIdle(context, calls, aheadMs, signal, stopper.wake);
  });
  const parts = [poller, inactive, stopper];
  return {
    start() {
      for (const part of parts) part.start();
    },
    async stop() {
      await Promise.all(parts.map((part) => part.stop()));
      await calls?.close();
    },
  };
}
