import { StoaError } from "../../platform/errors/stoa-error.ts";
import { HubRefusal } from "../client/contract.ts";

/** Why somebody is not in their server. Each has its words in both languages, and its page. */
export const LAUNCH_CAUSES = [
  /** No hub is configured here. */
  "no_hub",
  /** It can't be reached, answers nonsense, or its breaker is open. */
  "hub_down",
  /** It is reached, and refuses Stoa's token, or the token lacks a scope. */
  "token_refused",
  /** It starts no more servers now. */
  "at_capacity",
  "over_quota",
  "spawn_failed",
  "image_missing",
  /** Somebody else had that name at the hub before. */
  "name_taken",
  /** It took longer than a launch may; the server may still turn up. */
  "too_slow",
  /** It was there and is gone again before anybody was in it. */
  "died",
  "named_servers_off",
  "cancelled",
] as const;
export type LaunchCause = (typeof LAUNCH_CAUSES)[number];

/** A launch that has come to nothing, and why. */
export class LaunchProblem extends Error {
  readonly kind: LaunchCause;
  /** In the hub's words, for an administrator: it may name what a person must not see. */
  readonly said: string;

  constructor(kind: LaunchCause, said = "") {
    super(said === "" ? kind : `${kind}: ${said}`);
    this.name = "LaunchProblem";
    this.kind = kind;
    this.said = said;
  }
}

/** What a call's failure means for a launch; other errors are defects and pass. */
export function problemOf(error: unknown): LaunchProblem | null {
  if (error instanceof LaunchProblem) return error;
  if (error instanceof HubRefusal) return new LaunchProblem(causeOf(error), error.message);
  if (error instanceof StoaError && ["unavailable", "upstream_timeout", "upstream_failed"].includes(error.code)) {
    return new LaunchProblem("hub_down", error.message);
  }
  return null;
}

function causeOf({ kind, message }: HubRefusal): LaunchCause {
  if (kind === "forbidden") return "token_refused";
  if (kind === "at_capacity") return "at_capacity";
  if (/named servers are not enabled/i.test(message)) return "named_servers_off";
  return causeOfFailure(message);
}

/** By what spawners say: Docker's and Kubernetes' words for an image that can't be had, and our own hook's. */
export function causeOfFailure(said: string): LaunchCause {
  if (/over (?:your|the|their) quota|storage is full|no room (?:in|left)|disk quota/i.test(said)) return "over_quota";
  if (
    /no such image|image.{0,80}not found|ImagePullBackOff|ErrImagePull|pull access denied|manifest unknown/i.test(said)
  ) {
    return "image_missing";
  }
  if (/too many (?:users|servers)|at capacity|active_server_limit|concurrent_spawn_limit|no capacity/i.test(said)) {
    return "at_capacity";
  }
  return "spawn_failed";
}
