/** Pixels from one frame to the next, of which a wheel makes forty and a finger a hundred: nobody reads what flies by. */
const fast = 200;
/** Milliseconds between two such frames: one alone is a jump, which has arrived. */
const soon = 100;
/** Milliseconds without a scroll after which the page stands. */
const still = 120;

let flying = false;
let lastTop = 0;
let lastFast = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
const waiting = new Set<() => void>();

function land(): void {
  flying = false;
  for (const tell of [...waiting]) tell();
  waiting.clear();
}

function onScroll(event: Event): void {
  const way = Math.abs(window.scrollY - lastTop);
  lastTop = window.scrollY;
  clearTimeout(timer);
  const wasFlying = flying;
  flying = way > fast && event.timeStamp - lastFast < soon;
  if (way > fast) lastFast = event.timeStamp;
  if (flying) timer = setTimeout(land, still);
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
