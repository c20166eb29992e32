import { useTranslation } from "react-i18next";
import type { StorageHistory } from "../api/storage.ts";
import { useLocale } from "../locales/use-locale.tsx";
import type { Level } from "./level.ts";
import { useSize } from "./use-size.ts";

/** Bytes a day that are as good as none. */
const still = 2 ** 20;

/** "Full on 3 December at this pace": how it goes on, as a sentence. */
export function useForecastText(): (forecast: StorageHistory["forecast"], level: Level) => string {
  const { t } = useTranslation();
  const { format } = useLocale();
  const size = useSize();
  return (forecast, level) => {
    if (level === "full" || level === "over") return t("storage.forecastFull");
    if (forecast === null) return t("storage.forecastNone");
    const { bytes_per_day: perDay, full_at: fullAt } = forecast;
    if (fullAt !== null) return t("storage.fullOn", { date: format.date(fullAt), size: size(perDay) });
    if (perDay >= still) return t("storage.grows", { size: size(perDay) });
    return t(perDay <= -still ? "storage.shrinks" : "storage.steady", { size: size(Math.abs(perDay)) });
  };
}
