import type { Platform } from "./platform/platform.ts";

/** Has system accounts follow the groups of their people. @returns stops it */
export function keepGroups({ events, processes, log }: Pick<Platform, "events" | "processes" | "log">): () => void {
  if (processes === null) return () => undefined;
  let last = Promise.resolve();
  return events.subscribe({ types: ["group.changed"] }, ({ data }) => {
    // A group that was deleted names nobody: then everybody's are looked at.
    const accountId = typeof data.account_id === "number" ? data.account_id : null;
    last = last
      .then(() => processes.recheckGroups(accountId))
      .catch((error: unknown) => log.error({ err: error }, "a person's system account did not follow their groups"));
  });
}
