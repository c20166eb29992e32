/** What a browser keeps of itself, whoever sits at it: how things are shown, and whether the server is away. */
const ofTheBrowser: ReadonlySet<string> = new Set([
  "stoa.locale",
  "stoa.calendar",
  "stoa.digits",
  "stoa.scheme",
  "stoa.rail",
  "stoa.away",
  "stoa.terminal",
  "stoa.files.view",
  "stoa.workspaces.view",
]);

const told = "stoa.person";
const parts = new Set<() => void>();
/** This tab's own ear: what is said by it is not heard by it. */
let ear: BroadcastChannel | null = null;

/** For what keeps something of a person in memory besides: it is called when they leave. */
export function onLeaving(forget: () => void): void {
  parts.add(forget);
}

/**
 * Whoever signs out, or is signed out, leaves nothing behind in this tab nor in the browser: what they typed, what they
 * uploaded and started, names of their things. What is new is forgotten, too, unless it is named above.
 * @param elsewhere other tabs forget as well; not where it is another tab that said so
 */
export function forgetPerson(elsewhere: "and elsewhere" | "here only" = "and elsewhere"): void {
  for (const storage of ["localStorage", "sessionStorage"] as const) {
    try {
      const kept = globalThis[storage];
      for (const key of Object.keys(kept)) {
        if (key.startsWith("stoa.") && !ofTheBrowser.has(key)) kept.removeItem(key);
      }
    } catch {
      // Nothing was kept either.
    }
  }
  for (const forget of parts) forget();
  if (elsewhere === "here only") return;
  const channel = ear ?? new BroadcastChannel(told);
  channel.postMessage("left");
  if (channel !== ear) channel.close();
}

/** Forgets when somebody left in another tab. @param then what else this one has to do. @returns an end to that */
export function followLeaving(then: () => void): () => void {
  const channel = new BroadcastChannel(told);
  ear = channel;
  channel.onmessage = () => {
    forgetPerson("here only");
    then();
  };
  return () => {
    channel.close();
    ear = null;
  };
}
