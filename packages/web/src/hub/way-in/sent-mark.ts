/** Where and when this tab was last sent to the hub. */
const key = "stoa.jupyter.sent";
/** Who is back sooner has hardly come for the address anew: something there went wrong. */
const soonMs = 60_000;

/** Notes that the tab leaves for that server. */
export function noteSent(server: string): void {
  try {
    sessionStorage.setItem(key, JSON.stringify({ server, at: Date.now() }));
  } catch {
    // Not kept then: nothing goes in a circle by itself.
  }
}

/** Whether this tab was sent there a moment ago, and is back. */
export function isBackFrom(server: string): boolean {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(key) ?? "null");
    if (typeof kept !== "object" || kept === null) return false;
    const { server: where, at } = kept as { server?: unknown; at?: unknown };
    const ago = typeof at === "number" ? Date.now() - at : Number.NaN;
    return where === server && ago >= 0 && ago < soonMs;
  } catch {
    return false;
  }
}

/** The person has seen what may be wrong, and tries again. */
export function forgetSent(): void {
  try {
    sessionStorage.removeItem(key);
  } catch {
    // Nothing was kept either.
  }
}
