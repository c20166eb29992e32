import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { ApiError } from "../api/api-error.ts";
import { operationQuery } from "../api/operations.ts";
import { shownError } from "../api/query-trouble.ts";
import type { Operation } from "../api/types.ts";
import { useErrorText } from "../locales/error-text.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { Timeline } from "../pieces/timeline.tsx";
import classes from "./operations.module.css";
import { toldSteps } from "./told-steps.ts";

/** What was done, oldest first; a failure with its cause and remedy above. */
export function OperationSteps({ operation }: { operation: Pick<Operation, "id" | "state" | "error"> }) {
  const { t, i18n } = useTranslation();
  const detail = useQuery(operationQuery(operation.id));
  const { error, state } = operation;
  const tell = useErrorText();
  // It failed in the background: no answer had this status.
  const failure = error && tell(new ApiError({ ...error, status: 500 }));
  return (
    <>
      {error && failure && (
        <div className={classes.failure}>
          <strong dir="auto">{failure.text}</strong>
          {failure.inEnglish !== null && (
            <span dir="ltr" lang="en">
              {failure.inEnglish}
            </span>
          )}
          {error.remedy && (
            <span dir="auto">
              {t("operations.remedy")}: {error.remedy}
            </span>
          )}
        </div>
      )}
      {detail.isPending && <RowsLoading rows={2} height={24} />}
      {shownError(detail) !== null && <ReasonCard error={detail.error} onRetry={() => void detail.refetch()} />}
      {detail.data && (detail.data.history ?? []).length === 0 && <p className="quiet">{t("operations.noSteps")}</p>}
      {detail.data && (
        <Timeline
          label={t("activity.showSteps")}
          steps={toldSteps(t, i18n.language, detail.data.history ?? [])}
          running={state === "running"}
          failed={state === "failed"}
          progress={detail.data.progress}
        />
      )}
    </>
  );
}
