import { useTranslation } from "react-i18next";
import { cancelOperation, lookAtFailed, retryOperation } from "../api/operations.ts";
import type { Operation } from "../api/types.ts";
import { OperationAction } from "./operation-row.tsx";

/** What may be done with an operation now. @param asOperator whether its failure may be marked as seen to */
export function OperationActions({ operation, asOperator = false }: { operation: Operation; asOperator?: boolean }) {
  const { t } = useTranslation();
  const { id, state, can_cancel, can_retry, cancel_requested, looked_at } = operation;
  if (can_retry) {
    return (
      <>
        <OperationAction label={t("operations.retry")} run={() => retryOperation(id)} />
        {asOperator && state === "failed" && looked_at === null && (
          <OperationAction label={t("operations.seen")} run={() => lookAtFailed({ ids: [id] })} />
        )}
      </>
    );
  }
  if (!can_cancel && !cancel_requested) return null;
  return (
    <OperationAction
      label={t(cancel_requested ? "operations.cancelling" : "operations.cancel")}
      disabled={cancel_requested}
      run={() => cancelOperation(id)}
    />
  );
}
