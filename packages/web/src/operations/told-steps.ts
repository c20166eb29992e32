import type { TFunction } from "i18next";
import type { OperationLine } from "../api/types.ts";
import { withDoer } from "../locales/doer.ts";
import type { TimelineStep } from "../pieces/timeline.tsx";

/**
 * An operation's history in the reader's language. The platform's own lines have a code; a kind's own are English
 * text alone, and a Persian reader is told by state and progress instead.
 */
export function toldSteps(t: TFunction, language: string, history: readonly OperationLine[]): TimelineStep[] {
  return history
    .filter(({ code }) => code !== null || language !== "fa")
    .map(({ at, code, params, text }) => ({
      at,
      text: code === null ? text : t(`history.${code}`, { ...withDoer(t, params ?? {}), defaultValue: text }),
      translated: code !== null,
    }));
}
