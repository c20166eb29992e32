import { type HubContext, LAUNCH_EVENT, serverId } from "../context.ts";
import type { HubLaunchRow } from "../tables.ts";
import { launchOf } from "./launch-rows.ts";

const LOOK_MS = 1_000;

/** Waits until a launch was taken on by the hub, or has ended; the row as it stands then, or when the time is over. */
export async function waitForLaunch(
  { db, platform }: Pick<HubContext, "db" | "platform">,
  accountId: number,
  server: string,
  timeoutMs: number,
): Promise<HubLaunchRow | null> {
  const until = Date.now() + timeoutMs;
  const id = serverId(String(accountId), server);
  let news = Promise.withResolvers<void>();
  const unsubscribe = platform.events.subscribe({ types: [LAUNCH_EVENT] }, ({ subject }) => {
    if (subject.id === id) news.resolve();
  });
  try {
    for (;;) {
      news = Promise.withResolvers();
      const row = await launchOf(db, accountId, server);
      const left = until - Date.now();
      if (row === null || row.state !== "queued" || left <= 0) return row;
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, Math.min(left, LOOK_MS));
      });
      await Promise.race([news.promise, late]);
      clearTimeout(timer);
    }
  } finally {
    unsubscribe();
  }
}
