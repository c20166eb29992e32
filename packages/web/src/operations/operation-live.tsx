import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { operationQuery } from "../api/operations.ts";
import type { Operation } from "../api/types.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { StateChip } from "../pieces/state-chip.tsx";
import { OperationSteps } from "./operation-steps.tsx";

const ended = (state: Operation["state"]) => state !== "queued" && state !== "running";

/** One operation while it runs, where it was set going: its state and its steps. @param onEnd called once */
export function OperationLive({ id, onEnd }: { id: string; onEnd?: (state: Operation["state"]) => void }) {
  // Events tell of each change; asking now and then is for a stream that is down.
  const operation = useQuery({
    ...operationQuery(id),
    refetchInterval: ({ state: { data } }) => (data && ended(data.state) ? false : 3_000),
  });
  const state = operation.data?.state;
  const tell = useRef(onEnd);
  tell.current = onEnd;
  useEffect(() => {
    if (state && ended(state)) tell.current?.(state);
  }, [state]);
  if (operation.isPending) return <RowsLoading rows={2} height={24} />;
  if (operation.data === undefined) {
    return <ReasonCard error={operation.error} onRetry={() => void operation.refetch()} />;
  }
  return (
    <div role="status">
      <StateChip domain="operation" state={operation.data.state} />
      <OperationSteps operation={operation.data} />
    </div>
  );
}
