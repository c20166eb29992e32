import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { reachability } from "../api/reachability.ts";
import classes from "./frame.module.css";

export const useServerAway = (): boolean => useSyncExternalStore(reachability.subscribe, reachability.isAway);

/** A slim line over the page while the server is away; what was loaded stays below it. */
export function AwayNotice() {
  const { t } = useTranslation();
  const away = useServerAway();
  return <div role="status">{away && <p className={classes.away}>{t("frame.away")}</p>}</div>;
}
