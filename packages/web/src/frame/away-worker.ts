import { whenQuiet } from "../pieces/when-quiet.ts";

/** Above the worker's own folder: the portal's first address has no slash at its end. */
const scope = "/portal";

/**
 * Has the browser keep the page for a server that is away. Only where it may (TLS, or the machine itself), only of a
 * built portal, and once everything else is there.
 */
export function keepAwayPage(): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  whenQuiet(() => navigator.serviceWorker.register("/portal/away-worker.js", { scope, updateViaCache: "none" }));
}
