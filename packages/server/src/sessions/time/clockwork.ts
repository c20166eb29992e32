import type { SessionsContext } from "../context.ts";
import { LIMIT_EVENT } from "./extend-session.ts";
import { createIdleSweep } from "./idle-sweep.ts";
import { tellLimit } from "./keep-limit.ts";
import { createOverdueSweep } from "./overdue.ts";
import type { Use } from "./use.ts";

/** What happens to sessions because time passes, for as long as the process lives. */
export interface Clockwork {
  start(): void;
  stop(): Promise<void>;
}

export function createClockwork(context: SessionsContext, use: Use): Clockwork {
  const { events, config, log } = context.platform;
  const sweeps = [createIdleSweep(context, use), createOverdueSweep(context)];
  const timers = new Set<NodeJS.Timeout>();
  const running = new Set<Promise<void>>();
  let unsubscribe: () => void = () => undefined;
  const ending = new AbortController();
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
      // Extended here or on another server: the ones at its host tell it.
      unsubscribe = events.subscribe({ types: [LIMIT_EVENT] }, ({ subject, data }) => {
        if (data.node_id !== config.nodeId) return;
        const told = tellLimit(context, Number(subject.id), ending.signal)
          .catch((error: unknown) => {
            if (stopped) return;
            log.warn({ err: error, jobId: subject.id }, "sessions: a host could not be told its new time limit yet");
          })
          .finally(() => running.delete(told));
        running.add(told);
      });
      for (const sweep of sweeps) later(sweep);
    },
    async stop() {
      stopped = true;
      ending.abort();
      unsubscribe();
      for (const timer of timers) clearTimeout(timer);
      await Promise.all(running);
    },
  };
}
