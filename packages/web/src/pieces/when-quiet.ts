/** Milliseconds without a hand on the page: whoever clicks or scrolls is not to share the processor with what may wait. */
const quiet = 2_000;
/** Milliseconds from the page's first byte before which nothing is: by then it stands, also on a slow machine. */
const earliest = 4_000;
/** Milliseconds after which it is done all the same. */
const longest = 60_000;

const acts = ["pointermove", "pointerdown", "keydown", "scroll", "wheel", "touchmove"] as const;

let lastAct = earliest - quiet;
let running = false;
const pending: (() => unknown)[] = [];

if (typeof window !== "undefined") {
  for (const act of acts) {
    window.addEventListener(act, note, { capture: true, passive: true });
  }
}

function note({ timeStamp }: Event): void {
  lastAct = timeStamp;
}

/**
 * Does what nobody waits for, such as fetching what may be needed later: once nobody has touched the page for a while,
 * and one after the other. What fails is not told.
 * @param urgency "next": before all others that wait
 * @returns takes it back while it hasn't begun
 */
export function whenQuiet(work: () => unknown, urgency: "next" | "some time" = "some time"): () => void {
  if (urgency === "next") pending.unshift(work);
  else pending.push(work);
  if (!running) void run();
  return () => {
    const at = pending.indexOf(work);
    if (at !== -1) pending.splice(at, 1);
  };
}

async function run(): Promise<void> {
  running = true;
  while (pending.length > 0) {
    await untilQuiet();
    try {
      await pending.shift()?.();
    } catch {
      // It is asked for again by whoever needs it.
    }
  }
  running = false;
}

async function untilQuiet(): Promise<void> {
  const latest = performance.now() + longest;
  for (let now = performance.now(); now - lastAct < quiet && now < latest; now = performance.now()) {
    await new Promise((resolve) => setTimeout(resolve, quiet - (now - lastAct)));
  }
  // Not every browser tells when it has nothing to do.
  await new Promise<unknown>((resolve) =>
    "requestIdleCallback" in window ? requestIdleCallback(resolve, { timeout: quiet }) : setTimeout(resolve),
  );
}
