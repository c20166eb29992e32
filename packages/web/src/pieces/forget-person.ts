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

/** Whose things this browser keeps: an account's number. */
export const ownerKey = "stoa.owner";

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
 * Other tabs are told, and forget as well.
 */
export function forgetPerson(): void {
  const left = readOwner();
  forgetIn("localStorage", "sessionStorage");
  const channel = ear ?? new BroadcastChannel(told);
  channel.postMessage({ left });
  if (channel !== ear) channel.close();
}

/** @returns null: nobody's, or the browser's settings refuse to tell */
export function readOwner(): string | null {
  try {
    return localStorage.getItem(ownerKey);
  } catch {
    return null;
  }
}

function forgetIn(...storages: readonly ("localStorage" | "sessionStorage")[]): void {
  for (const storage of storages) {
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
}

/**
 * Forgets when somebody left in another tab. A tab that was frozen hears it late: what tabs share may be the next
 * person's by then.
 * @param then what else this one has to do
 * @returns an end to that
 */
export function followLeaving(then: () => void): () => void {
  const channel = new BroadcastChannel(told);
  ear = channel;
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    const owner = readOwner();
    if (owner === null || owner === whoLeft(data)) forgetIn("localStorage", "sessionStorage");
    else forgetIn("sessionStorage");
    then();
  };
  return () => {
    channel.close();
    ear = null;
  };
}

function whoLeft(said: unknown): unknown {
  return typeof said === "object" && said !== null && "left" in said ? said.left : null;
}
