import { Button } from "@mantine/core";
import { type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "../api/api-error.ts";
import { useErrorText } from "../locales/error-text.ts";
import { CopyButton } from "./copy-line.tsx";
import { IconAlertTriangle } from "./icons.ts";
import classes from "./reason-card.module.css";

interface ReasonCardProps {
  /** What did not happen. */
  readonly title?: string;
  readonly error: unknown;
  readonly onRetry?: (() => void) | undefined;
  readonly children?: ReactNode;
}

/** Not now, because: what, why, and what now; with the request id for whoever helps. */
export function ReasonCard({ title, error, onRetry, children }: ReasonCardProps) {
  const { t } = useTranslation();
  const titleId = useId();
  const { requestId } = asApiError(error);
  const { text, inEnglish } = useErrorText()(error);
  return (
    <section className={classes.card} role="alert" aria-labelledby={titleId}>
      <IconAlertTriangle size={20} aria-hidden="true" className={classes.icon} />
      <div className={classes.body}>
        <strong id={titleId}>{title ?? t("errors.title")}</strong>
        <span dir="auto">{text}</span>
        {inEnglish !== null && (
          <span dir="ltr" lang="en" className={classes.inEnglish}>
            {inEnglish}
          </span>
        )}
        {children}
        {requestId && (
          <span className={classes.request}>
            {t("errors.requestId")}: <code dir="ltr">{requestId}</code>
            <CopyButton text={requestId} label={`${t("errors.requestId")}: `} />
          </span>
        )}
        {onRetry && (
          <Button variant="default" size="xs" className={classes.retry} onClick={onRetry}>
            {t("common.retry")}
          </Button>
        )}
      </div>
    </section>
  );
}
