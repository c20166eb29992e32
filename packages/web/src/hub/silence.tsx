import { useTranslation } from "react-i18next";
import type { OwnHub } from "../api/hub.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { IconAlertTriangle } from "../pieces/icons.ts";
import classes from "./hub.module.css";

/** That what is said of a server is old, and how old: the hub does not answer. */
export function Silence({ silence }: Pick<OwnHub, "silence">) {
  const { t } = useTranslation();
  const { format } = useLocale();
  if (!silence) return null;
  const { heard_at: at } = silence;
  return (
    <p className={`small ${classes.silence}`} role="status">
      <IconAlertTriangle size={16} aria-hidden="true" />
      {at === null ? t("jupyter.silent") : t("jupyter.silentSince", { at: format.time(at) })}
    </p>
  );
}
