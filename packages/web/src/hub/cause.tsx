import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { LaunchCause } from "../api/hub.ts";
import { CopyButton } from "../pieces/copy-line.tsx";
import { IconAlertTriangle, IconInfoCircle } from "../pieces/icons.ts";
import classes from "./hub.module.css";

/** What the person alone can't mend: an administrator is told, and finds it by the start's number. */
const forAdministrators: ReadonlySet<LaunchCause> = new Set([
  "token_refused",
  "image_missing",
  "name_taken",
  "spawn_failed",
  "died",
]);
/** To press the button again mends nothing. */
const noTryAgain: ReadonlySet<LaunchCause> = new Set(["no_hub", "named_servers_off", "name_taken"]);
/** Nothing has gone wrong. */
const calm: ReadonlySet<LaunchCause> = new Set(["cancelled", "too_slow"]);
const startsAnew: ReadonlySet<LaunchCause> = new Set(["cancelled", "too_slow", "over_quota"]);

interface CauseProps {
  readonly cause: LaunchCause | null;
  /** Of the start's operation. */
  readonly number: string | null;
  /** Left out: its button stands elsewhere. */
  readonly onAgain?: (() => void) | undefined;
  readonly children?: ReactNode;
}

/** Why somebody is not in their server, in words, with the way out. */
export function Cause({ cause, number, onAgain, children }: CauseProps) {
  const { t } = useTranslation();
  const known = cause ?? "unknown";
  const isCalm = cause !== null && calm.has(cause);
  const Icon = isCalm ? IconInfoCircle : IconAlertTriangle;
  const mayTry = cause === null || !noTryAgain.has(cause);
  return (
    <section className={classes.cause} data-calm={isCalm || undefined} role={isCalm ? "status" : "alert"}>
      <Icon size={20} aria-hidden="true" />
      <div className={classes.causeBody}>
        <strong>{t(`jupyter.cause.${known}.title`, { defaultValue: t("jupyter.cause.unknown.title") })}</strong>
        <p>{t(`jupyter.cause.${known}.text`, { defaultValue: t("jupyter.cause.unknown.text") })}</p>
        {number !== null && (cause === null || forAdministrators.has(cause)) && (
          <span className={classes.number}>
            {t("jupyter.number")}: <code dir="ltr">{number}</code>{" "}
            <CopyButton text={number} label={`${t("jupyter.number")}: `} />
          </span>
        )}
        <div className={classes.buttons}>
          <WayOut cause={cause} />
          {onAgain && mayTry && (
            <Button variant="default" onClick={onAgain}>
              {t(cause !== null && startsAnew.has(cause) ? "jupyter.startAgain" : "jupyter.again")}
            </Button>
          )}
          {children}
        </div>
      </div>
    </section>
  );
}

/** Where what stands in the way is mended. */
function WayOut({ cause }: { cause: LaunchCause | null }) {
  const { t } = useTranslation();
  if (cause === "over_quota") {
    return <Button renderRoot={(props) => <Link to="/storage" {...props} />}>{t("jupyter.freeRoom")}</Button>;
  }
  if (cause === "named_servers_off") {
    return <Button renderRoot={(props) => <Link to="/jupyter/open" {...props} />}>{t("jupyter.startDefault")}</Button>;
  }
  return null;
}
