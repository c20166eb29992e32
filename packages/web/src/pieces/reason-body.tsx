import { Button } from "@mantine/core";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "../api/api-error.ts";
import { useErrorText } from "../locales/error-text.ts";
import { CopyButton } from "./copy-line.tsx";
import { IconAlertTriangle } from "./icons.ts";
import classes from "./reason-card.module.css";
import type { ReasonCardProps } from "./reason-card.tsx";
import { useSameReason } from "./same-reason.ts";

/** What a reason card holds; it comes with the first thing that goes wrong. */
export function ReasonBody({ title, error, onRetry, children }: ReasonCardProps) {
  const { t } = useTranslation();
  const titleId = useId();
  const { requestId } = asApiError(error);
  const { text, inEnglish } = useErrorText()(error);
  const { card, isSame, retryAll } = useSameReason(text, onRetry);
  return (
    <section ref={card} className={classes.card} data-same={isSame || undefined} role="alert" aria-labelledby={titleId}>
      <IconAlertTriangle size={20} aria-hidden="true" className={classes.icon} />
      <div className={classes.body}>
        <strong id={titleId}>{title ?? t("errors.title")}</strong>
        {isSame ? <span>{t("errors.sameReason")}</span> : <span dir="auto">{text}</span>}
        {!isSame && inEnglish !== null && (
          <span dir="ltr" lang="en" className={classes.inEnglish}>
            {inEnglish}
          </span>
        )}
        {children}
        {!isSame && requestId && (
          <span className={classes.request}>
            {t("errors.requestId")}: <code dir="ltr">{requestId}</code>
            <CopyButton text={requestId} label={`${t("errors.requestId")}: `} />
          </span>
        )}
        {onRetry && (
          <Button variant="default" size="xs" className={classes.retry} onClick={retryAll}>
            {t("common.retry")}
          </Button>
        )}
      </div>
    </section>
  );
}
