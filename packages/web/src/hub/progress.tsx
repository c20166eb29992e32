import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { HubLaunch } from "../api/hub.ts";
import { operationQuery } from "../api/operations.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { Elapsed } from "../pieces/when.tsx";
import classes from "./hub.module.css";

/** How far a start is: what it waits for, or the hub's own percentage and words. @param launch null: begun elsewhere */
export function Progress({ launch }: { launch: HubLaunch | null }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const { data: operation } = useQuery({
    ...operationQuery(launch?.operation_id ?? ""),
    enabled: launch !== null,
    // Events tell of each step; this is for the time when they can't.
    refetchInterval: 3_000,
  });
  const percent = operation?.state === "running" ? operation.progress : null;
  const stage = t(launch?.state === "queued" ? "jupyter.asking" : "jupyter.starting");
  const waits = launch?.cause ? t(`jupyter.waits.${launch.cause}`, { defaultValue: "" }) : "";
  return (
    <div className={classes.progress}>
      <p role="status">{waits === "" ? stage : waits}</p>
      <div
        role="progressbar"
        aria-label={t("jupyter.progress")}
        aria-valuemin={0}
        aria-valuemax={100}
        {...(percent === null ? {} : { "aria-valuenow": percent })}
        className={classes.track}
      >
        <div
          className={classes.fill}
          data-unknown={percent === null || undefined}
          {...(percent === null ? {} : { style: { inlineSize: `${percent}%` } })}
        />
      </div>
      <p className={`${classes.line} quiet small`}>
        {/* Only the hub counts in percent: then the words are its own, too. */}
        <span dir="auto" lang="en">
          {percent === null ? "" : operation?.message}
        </span>
        <span>
          {percent !== null && <span className="tabular">{format.percent(percent)}</span>}
          {launch !== null && <Elapsed start={launch.begun_at} end={null} />}
        </span>
      </p>
    </div>
  );
}
