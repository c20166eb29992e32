import { EventEmitter, once } from "node:events";
import type { Page } from "playwright-core";

/** Milliseconds without a call and without a change in the page, after which it has drawn what it got. */
const usualSilence = 120;

/** Streams are open as long as the page is. */
const streams: readonly string[] = ["eventsource", "websocket", "other"];

/**
 * Hears from now on what the page calls for.
 * @returns waits until no call has been under way and nothing has changed for `silence` ms, `most` ms at most
 */
export function quietWatch(page: Page): (most: number, silence?: number) => Promise<void> {
  const under = new Set<unknown>();
  const calls = new EventEmitter();
  let changed = Date.now();
  page.on("request", (request) => {
    if (streams.includes(request.resourceType())) return;
    under.add(request);
    changed = Date.now();
  });
  const end = (request: unknown) => {
    if (!under.delete(request)) return;
    changed = Date.now();
    if (under.size === 0) calls.emit("answered");
  };
  page.on("requestfinished", end);
  page.on("requestfailed", end);
  return async (most, silence = usualSilence) => {
    const until = Date.now() + most;
    const left = () => Math.max(1, until - Date.now());
    do {
      if (under.size > 0) await once(calls, "answered", { signal: AbortSignal.timeout(left()) }).catch(() => {});
      // A page that loads itself anew begins again.
      await page.evaluate(still(silence, left())).catch(() => {});
    } while (Date.now() < until && (under.size > 0 || Date.now() - changed < silence));
  };
}

/** Runs in the page: resolves when nothing in it has changed for so many milliseconds, or at last. */
const still = (silence: number, most: number) => `new Promise((done) => {
  const until = performance.now() + ${most};
  let last = performance.now();
  const watch = new MutationObserver(() => { last = performance.now(); });
  watch.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
  const look = () => {
    const now = performance.now();
    const wait = Math.min(${silence} - (now - last), until - now);
    if (wait > 0) return setTimeout(look, wait);
    watch.disconnect();
    done();
  };
  look();
})`;
