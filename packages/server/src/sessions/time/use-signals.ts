import type { JobType } from "../job-types/contract.ts";
import type { Activity } from "../passthrough/contract.ts";
import type { UseSignal } from "./idle-policy.ts";

/** Which signal of use it is what was seen; null: none, a page does so by itself. */
export function signalOf(what: Activity, type: JobType | undefined): UseSignal | null {
  switch (what.kind) {
    case "open":
      return null;
    case "keys":
      return "terminal";
    case "http":
      return what.method === "GET" && type?.polls?.some((path) => path.test(what.path)) ? null : "http";
    case "transfer":
      return "http";
    case "message":
      if (type?.web !== "terminal") return "websocket";
      // Its text frames are the page's own: how large it is, what it has shown.
      return what.binary ? "terminal" : null;
  }
}
