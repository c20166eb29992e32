import { useRouterState } from "@tanstack/react-router";
import { useEffect, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { reachability } from "../api/reachability.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { awaySince } from "./away-since.ts";
import classes from "./frame.module.css";

export const useServerAway = (): boolean => useSyncExternalStore(reachability.subscribe, reachability.isAway);

/** Milliseconds after which one is told that the page asked for is on its way; until it comes, the one before stands. */
const slowMs = 1_000;

function useSlowMove(): boolean {
  const isLoading = useRouterState({ select: (state) => state.isLoading });
  const [isSlow, setSlow] = useState(false);
  useEffect(() => {
    setSlow(false);
    if (!isLoading) return;
    const timer = setTimeout(() => setSlow(true), slowMs);
    return () => clearTimeout(timer);
  }, [isLoading]);
  return isSlow;
}

/** A slim line over the page while the server is away; what was loaded stays below it. */
export function AwayNotice() {
  const { t } = useTranslation();
  const { format } = useLocale();
  const away = useServerAway();
  const isSlow = useSlowMove();
  const since = away ? awaySince() : null;
  return (
    <div role="status">
      {away && (
        <p className={classes.away}>
          {since === null ? t("frame.away") : t("frame.awaySince", { time: format.time(new Date(since)) })}
        </p>
      )}
      {!away && isSlow && <p className={classes.moving}>{t("common.loading")}</p>}
    </div>
  );
}
