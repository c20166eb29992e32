/** Milliseconds without a hand on the page: whoever clicks or scrolls is not to share the processor with what may wait. */
const quiet = 2_000;
/** Milliseconds from the page's first byte before which nothing is: by then it stands, also on a slow machine. */
const earliest = 4_000;
/** Milliseconds after which it is done all the same. */
const longest = 60_000;

const acts = ["pointermove", "pointerdown", "keydown", "scroll", "wheel", "touchmove"] as const;

let lastAct = earliest - quiet;
let queue: Promise<unknown> | undefined;

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
 * @returns takes it back while it hasn't begun
 */
export function whenQuiet(work: () => unknown): () => void {
  let wanted = true;
  const inTurn = async () => {
    await untilQuiet();
    if (wanted) await work();
  };
  queue = (queue ?? Promise.resolve()).then(inTurn).catch(() => {});
  return () => {
    wanted = false;
  };
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
