import { useTranslation } from "react-i18next";
import type { RunDay } from "../api/activity.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { momentOf } from "./days.ts";

/** A day and what ran on it, in words: "21 Nov: 5 runs, 1 error". */
export function useDayWords() {
  const { t } = useTranslation();
  const { format } = useLocale();
  // Noon, so that it is the same day wherever one is.
  const dayWords = (day: string) => format.date(new Date(momentOf(day) + 43_200_000));
  return {
    dayWords,
    told({ day, executions, errors }: RunDay): string {
      if (executions === 0) return t("runs.dayNone", { day: dayWords(day) });
      const runs = t("runs.todayRuns", { count: executions });
      return t("runs.daySome", { day: dayWords(day), runs, errors: t("runs.errors", { count: errors }) });
    },
  };
}
