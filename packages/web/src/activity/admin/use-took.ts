import { useTranslation } from "react-i18next";
import { useLocale } from "../../locales/use-locale.tsx";

/** Writes how long something took; what is short as milliseconds. @returns a function of milliseconds */
export function useTook(): (milliseconds: number) => string {
  const { t } = useTranslation();
  const { format } = useLocale();
  return (ms) => (ms < 1_000 ? t("adminActivity.ms", { n: format.number(ms) }) : format.seconds(ms / 1_000));
}
