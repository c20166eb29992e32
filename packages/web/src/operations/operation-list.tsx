import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { type ReactNode, useCallback } from "react";
import { allOperationsQuery, newestOperations, type OperationFilter } from "../api/operations.ts";
import type { Operation } from "../api/types.ts";
import { useFreshRows } from "../pieces/fresh-rows.ts";
import { LongList } from "../pieces/long-list.tsx";
import { OperationActions } from "./operation-actions.tsx";
import { OperationEntry } from "./operation-row.tsx";
import classes from "./operations.module.css";

interface OperationListProps {
  readonly label: string;
  readonly filter: OperationFilter;
  /** Whether failures may be marked as seen to. */
  readonly asOperator?: boolean;
  /** Whether what is under way or failed stands open; left out: it does. */
  readonly opens?: boolean;
  readonly empty: ReactNode;
}

const keyOf = (operation: Operation) => operation.id;

/** Operations of any number, live: each with its timeline and what may be done with it. */
export function OperationList({ label, filter, asOperator = false, opens = true, empty }: OperationListProps) {
  const operations = useInfiniteQuery(allOperationsQuery(filter));
  const newest = useQuery(newestOperations(filter));
  const rows = useFreshRows(operations.data, newest.data);
  const show = useCallback(
    (operation: Operation) => (
      <div className={classes.entry}>
        <OperationEntry
          operation={operation}
          {...(opens ? {} : { isOpen: operation.state === "running" })}
          actions={<OperationActions operation={operation} asOperator={asOperator} />}
        />
      </div>
    ),
    [asOperator, opens],
  );
  return (
    <LongList label={label} query={operations} rows={rows} keyOf={keyOf} rowHeight={64} lines empty={empty}>
      {show}
    </LongList>
  );
}
