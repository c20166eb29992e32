import type { WebhooksContext } from "./context.ts";
import { createSender } from "./deliveries/sender.ts";
import { mappedTypes } from "./events/event-map.ts";
import { createOutboxReader } from "./events/outbox-reader.ts";

/** What is due by the clock, and what another server left. */
const SEND_EVERY_MS = 1_000;
/** What was not heard of, and the turn to read. */
const READ_EVERY_MS = 5_000;
/** What happens in a burst is read at once. */
const DEBOUNCE_MS = 100;

export interface Background {
  /** Something is due now. */
  wake(): void;
  start(): void;
  stop(): Promise<void>;
}

/** Every server process runs one: they take turns in reading, and share the sending. */
export function createBackground(context: WebhooksContext): Background {
  const { platform } = context;
  const reader = createOutboxReader(context);
  const reading = repeatedly(READ_EVERY_MS, async () => {
    if ((await reader.read()) > 0) sending.wake();
  });
  const sender = createSender(context, () => sending.wake());
  const sending = repeatedly(SEND_EVERY_MS, async () => void (await sender.begin()));
  let unsubscribe: () => void = () => undefined;

  /** One run at a time: after a while, or soon after it was woken. */
  function repeatedly(everyMs: number, work: () => Promise<void>) {
    let timer: NodeJS.Timeout | undefined;
    let running: Promise<void> | null = null;
    let again = false;
    let stopped = true;
    let failed = false;
    const schedule = (after: number) => {
      clearTimeout(timer);
      if (!stopped) timer = setTimeout(run, after).unref();
    };
    const run = () => {
      again = false;
      running = work()
        .then(() => {
          failed = false;
        })
        .catch((error: unknown) => {
          // While the database is away it is once a second: said once.
          if (!failed) platform.log.warn({ err: error }, "webhooks could not go on; trying again");
          failed = true;
        })
        .finally(() => {
          running = null;
          schedule(again ? DEBOUNCE_MS : everyMs);
        });
    };
    return {
      wake() {
        // A later wish never puts off an earlier one.
        if (again) return;
        again = true;
        if (running === null) schedule(DEBOUNCE_MS);
      },
      start() {
        stopped = false;
        schedule(DEBOUNCE_MS);
      },
      async stop() {
        stopped = true;
        clearTimeout(timer);
        await running;
      },
    };
  }

  return {
    wake: sending.wake,
    start() {
      unsubscribe = platform.events.subscribe({ types: mappedTypes }, reading.wake);
      reading.start();
      sending.start();
    },
    async stop() {
      unsubscribe();
      await Promise.all([reading.stop(), sending.stop()]);
      await sender.close(platform.config.drainSeconds * 1000);
      await reader
        .release()
        .catch((error: unknown) => platform.log.warn({ err: error }, "another server reads events for webhooks later"));
    },
  };
}
