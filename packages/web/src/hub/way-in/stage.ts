import { ApiError } from "../../api/api-error.ts";
import type { HubLaunch, HubServer, LaunchCause, OwnHub } from "../../api/hub.ts";
import { lookOf } from "../server-look.ts";

/** What has been done so far about getting in. */
export type Step =
  /** Nothing: how it stands has to be known first. */
  | { readonly done: "nothing" }
  /** This tab was sent there a moment ago, and is here again. */
  | { readonly done: "came-back" }
  | { readonly done: "asked" }
  /** A start was begun, or joined. */
  | { readonly done: "began" }
  | { readonly done: "knocked" }
  | { readonly done: "left"; readonly url: string }
  | { readonly done: "refused"; readonly error: unknown };

/** The page that somebody sees on the way in. Each but `looking`, `starting`, `opening` and `left` says what to do. */
export type Stage =
  | { readonly at: "looking" }
  | { readonly at: "back" }
  | { readonly at: "starting"; readonly launch: HubLaunch | null }
  | { readonly at: "opening" }
  | { readonly at: "left"; readonly url: string }
  /** It was ready, and is gone. */
  | { readonly at: "gone" }
  /** It came to nothing; `number`: the start's. */
  | { readonly at: "not-now"; readonly cause: LaunchCause | null; readonly number: string | null }
  /** It was given up, and is there after all. */
  | { readonly at: "turned-up" }
  | { readonly at: "trouble"; readonly error: unknown };

/** The server of that name, where it is known. */
export const serverNamed = (hub: OwnHub | undefined, name: string): HubServer | null =>
  hub?.servers.find(({ server }) => server === name) ?? null;

/** @param hub undefined: not known yet */
export function stageOf(hub: OwnHub | undefined, name: string, step: Step): Stage {
  if (step.done === "left") return { at: "left", url: step.url };
  if (step.done === "refused") return refusal(step.error);
  if (hub === undefined) return { at: "looking" };
  if (!hub.configured) return { at: "not-now", cause: "no_hub", number: null };
  if (name !== "" && !hub.named_servers) return { at: "not-now", cause: "named_servers_off", number: null };
  if (step.done === "came-back") return { at: "back" };
  if (step.done === "nothing") return { at: "looking" };
  if (step.done === "asked") return { at: "starting", launch: null };
  if (step.done === "knocked") return { at: "opening" };
  return afterStart(serverNamed(hub, name));
}

/** What became of the start. */
function afterStart(server: HubServer | null): Stage {
  const launch = server?.launch ?? null;
  if (launch === null || launch.state === "queued" || launch.state === "asked") return { at: "starting", launch };
  if (launch.state === "ready") return { at: "opening" };
  if (server !== null && lookOf(server) === "ready") return { at: "turned-up" };
  const cause = launch.state === "cancelled" ? "cancelled" : launch.cause;
  return { at: "not-now", cause, number: launch.operation_id };
}

/** A call of ours was refused: why by its cause, else as any refusal. */
function refusal(error: unknown): Stage {
  if (!(error instanceof ApiError)) return { at: "trouble", error };
  const { cause } = error.details;
  // Its words are the catalogue's; a number there is none of, as nothing was begun.
  if (typeof cause === "string") return { at: "not-now", cause: cause as LaunchCause, number: error.requestId };
  return error.status === 409 ? { at: "gone" } : { at: "trouble", error };
}
