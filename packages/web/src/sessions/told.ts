import type { TFunction } from "i18next";
import type { Saying, Told } from "../api/types.ts";
import { withDoer } from "../locales/doer.ts";

/** A sentence about a session in the reader's language; one without a code as it came. */
export function tellIn(t: TFunction, told: Told): string {
  const { because } = told;
  return one(t, told, because === null ? {} : { reason: one(t, because) });
}

/** Who stopped it, as a sentence with "you" for the reader; null when nobody did. The signal is then only the means. */
export function stopTold(t: TFunction, told: Told | null, username: string | undefined): string | null {
  if (told?.code !== "stopped_by" && told?.code !== "stopping") return null;
  const actor = told.params?.actor;
  if (actor !== undefined && actor === username) return t("sessions.stoppedByYou");
  return t("sessionTold.stopped_by", withDoer(t, { actor }));
}

/** Why one ended, or is ending; null: nothing was told. */
export const tellEnd = (t: TFunction, told: Told | null, username: string | undefined): string | null =>
  told === null ? null : (stopTold(t, told, username) ?? tellIn(t, told));

export type Advice = "memory" | "time" | "output" | "again";

const advice: Readonly<Record<string, Advice>> = {
  over_memory: "memory",
  out_of_memory: "memory",
  time_limit_seconds: "time",
  time_limit_minutes: "time",
  ended_with_status: "output",
  host_ended: "again",
  host_failed: "again",
  machine_restarted: "again",
  machine_shutting_down: "again",
};

/** What would make the next one go better, where its end says so. */
export const adviceFor = (told: Told | null): Advice | null => advice[told?.code ?? ""] ?? null;

/** A sentence that stands alone. */
export const sayIn = (t: TFunction, saying: Saying): string => one(t, saying);

function one(t: TFunction, { text, code, params }: Saying, inside: Readonly<Record<string, string>> = {}): string {
  return code === null
    ? text
    : t(`sessionTold.${code}`, { ...withDoer(t, params ?? {}), ...inside, defaultValue: text });
}
