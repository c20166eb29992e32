import { setTimeout as delay } from "node:timers/promises";
import { StoaError } from "../errors/stoa-error.ts";
import type { OutboundAnswer, OutboundCall, OutboundPolicy } from "./contract.ts";
import { PrivateAddressError } from "./guarded-connector.ts";
import { TooMuchError } from "./one-call.ts";
import type { OutboundMetrics } from "./outbound-metrics.ts";

/** A longer Retry-After is the caller's to wait for: it gets the answer as it is. */
const longestWaitMs = 30_000;

/**
 * Tries an idempotent call again after no answer, 429 and 5xx: after 2^n seconds or so, or when the
 * answer's Retry-After says. A call that may have had an effect is never repeated.
 */
export async function withRetries(
  policy: OutboundPolicy,
  call: OutboundCall,
  attempt: () => Promise<OutboundAnswer>,
  metrics: Pick<OutboundMetrics, "retried">,
): Promise<OutboundAnswer> {
  const attempts = (call.idempotent ?? call.method !== "POST") ? policy.attempts : 1;
  for (let number = 1; ; number++) {
    const outcome = await settled(attempt);
    const wait = number < attempts ? waitMs(outcome, number) : null;
    if (wait === null) return finish(outcome);
    metrics.retried(policy.name);
    call.onRetry?.("error" in outcome || outcome.answer.status >= 500);
    await delay(wait, undefined, call.signal === undefined ? {} : { signal: call.signal });
  }
}

type Outcome = { readonly answer: OutboundAnswer } | { readonly error: unknown };

async function settled(attempt: () => Promise<OutboundAnswer>): Promise<Outcome> {
  try {
    return { answer: await attempt() };
  } catch (error) {
    return { error };
  }
}

function finish(outcome: Outcome): OutboundAnswer {
  if ("answer" in outcome) return outcome.answer;
  throw outcome.error;
}

/** Null: this is the result. */
function waitMs(outcome: Outcome, number: number): number | null {
  // Full jitter around 1, 2, 4 … seconds, so that many callers don't come back together.
  const usual = 2 ** (number - 1) * 1000 * (0.5 + Math.random());
  if ("error" in outcome) return isWorthAnother(outcome.error) ? usual : null;
  const { status, headers } = outcome.answer;
  if (status !== 429 && status < 500) return null;
  const asked = retryAfterMs(headers["retry-after"]);
  if (asked === null) return usual;
  return asked > longestWaitMs ? null : asked;
}

function isWorthAnother(error: unknown): boolean {
  if (!(error instanceof StoaError)) return false;
  if (error.code === "unavailable") return false; // the breaker or our own queue: asking again makes it worse
  return !(error.cause instanceof PrivateAddressError || error.cause instanceof TooMuchError);
}

function retryAfterMs(header: string | undefined): number | null {
  if (header === undefined) return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}
