import type { SessionsContext } from "../context.ts";
import { converge } from "../converge.ts";
import { LIMIT_EVENT } from "./extend-session.ts";
import { createIdleSweep } from "./idle-sweep.ts";
import { createOverdueSweep } from "./overdue.ts";
import type { Use } from "./use.ts";

/** What happens to sessions because time passes, for as long as the process lives. */
export interface Clockwork {
  start(): void;
  stop(): Promise<void>;
}

export function createClockwork(context: SessionsContext, use: Use): Clockwork {
  const { events, config, log } = context.platform;
  const sweeps = [createIdleSweep(context, use), createOverdueSweep(context)].filter((sweep) => sweep !== null);
  const timers = new Set<NodeJS.Timeout>();
  const running = new Set<Promise<void>>();
  let unsubscribe: () => void = () => undefined;
  let stopped = false;

  function later({ everyMs, sweep }: (typeof sweeps)[number]): void {
    if (stopped) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      // The next round tries again; what is not counted meanwhile nobody is blamed for.
      const round = sweep()
        .catch((error: unknown) => log.warn({ err: error }, "sessions: time could not be counted"))
        .finally(() => {
          running.delete(round);
          later({ everyMs, sweep });
        });
      running.add(round);
    }, everyMs);
    timers.add(timer);
  }

  return {
    start() {
      // Extended on another server: the one at its host tells it.
      unsubscribe = events.subscribe({ types: [LIMIT_EVENT] }, ({ subject, data }) => {
        if (data.node_id !== config.nodeId) return;
        converge(context, Number(subject.id)).catch((error: unknown) => {
          log.warn({ err: error, jobId: subject.id }, "sessions: a host could not be told its new time limit yet");
        });
      });
      for (const sweep of sweeps) later(sweep);
    },
    async stop() {
      stopped = true;
      unsubscribe();
      for (const timer of timers) clearTimeout(timer);
      await Promise.all(running);
    },
  };
}
