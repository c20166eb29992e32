/** Pixels from one frame to the next, of which a wheel makes forty and a finger a hundred: nobody reads what flies by. */
const fast = 200;
/** Milliseconds without a scroll after which the page stands: after one such frame, which is a jump, and after more. */
const [arrived, still] = [34, 120];

let flying = false;
let lastTop = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
const waiting = new Set<() => void>();

function land(): void {
  flying = false;
  for (const tell of [...waiting]) tell();
  waiting.clear();
}

function onScroll(): void {
  const way = Math.abs(window.scrollY - lastTop);
  lastTop = window.scrollY;
  clearTimeout(timer);
  const wasFlying = flying;
  flying = way > fast;
  if (flying) timer = setTimeout(land, wasFlying ? still : arrived);
  else if (wasFlying) land();
}

// Before the lists hear of it: they draw rows in answer.
if (typeof window !== "undefined") window.addEventListener("scroll", onScroll, { capture: true, passive: true });

/** Whether the window is scrolled faster than one can read. */
export const isFlying = (): boolean => flying;

/** Calls it once that is over. @returns takes it back */
export function onLanding(tell: () => void): () => void {
  waiting.add(tell);
  return () => void waiting.delete(tell);
}
