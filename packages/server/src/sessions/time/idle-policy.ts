import type { Config } from "../../config/schema.ts";
import type { JobType } from "../job-types/contract.ts";

export type UseSignal = Config["sessions"]["idle"]["signals"][number];

/**
 * What can be seen of somebody using a session, and why it counts or not. STOA_SESSION_IDLE_SIGNALS chooses among
 * these; what the table leaves out is not looked at.
 */
export const USE_SIGNALS: Readonly<Record<UseSignal, { readonly counts: boolean; readonly why: string }>> = {
  http: {
    counts: true,
    why: "A request through the passthrough; a file for as long as it is on its way. What a page asks for by itself, as its job type declares, is left out.",
  },
  websocket: {
    counts: true,
    why: "A message that a browser sends. An open connection alone is a forgotten tab; so are its answers to pings.",
  },
  terminal: { counts: true, why: "What is typed into the terminal, in the portal or at the session's own origin." },
  output: {
    counts: false,
    why: "What the program prints says that it works, not that anybody wants it to: a log can go on for ever.",
  },
  // The program's use of CPU is not offered: a page's kernel or a shell's prompt is never quite at rest.
};

/** Seconds without use after which a session of this type is stopped; null: never. */
export function idleStopSeconds(type: JobType | undefined, { idle }: Config["sessions"]): number | null {
  // Nobody can be seen to use what has no page: it works by itself.
  if (type === undefined || type.web === "none") return null;
  const own = idle.stopSecondsByType.find(({ name }) => name === type.id)?.value;
  const chosen = own ?? idle.stopSeconds;
  return chosen === 0 ? null : chosen;
}

/** Seconds without use after which its owner is warned. */
export function idleWarningSeconds(stopSeconds: number, { idle }: Config["sessions"]): number {
  return stopSeconds - Math.min(idle.warnSeconds, stopSeconds / 2);
}
