import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { reachability } from "../api/reachability.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { awaySince } from "./away-since.ts";
import classes from "./frame.module.css";

export const useServerAway = (): boolean => useSyncExternalStore(reachability.subscribe, reachability.isAway);

/** A slim line over the page while the server is away; what was loaded stays below it. */
export function AwayNotice() {
  const { t } = useTranslation();
  const { format } = useLocale();
  const away = useServerAway();
  const since = away ? awaySince() : null;
  return (
    <div role="status">
      {away && (
        <p className={classes.away}>
          {since === null ? t("frame.away") : t("frame.awaySince", { time: format.time(new Date(since)) })}
        </p>
      )}
    </div>
  );
}
