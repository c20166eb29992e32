import { useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { OperationLive } from "./operation-live.tsx";
import classes from "./operations.module.css";

/** Operations that were set going together. @param onAllDone called when the last one has succeeded */
export function OperationsLive({ ids, onAllDone }: { ids: readonly string[]; onAllDone: () => void }) {
  const client = useQueryClient();
  const done = useRef(new Set<string>());
  return (
    <ul className={classes.live}>
      {ids.map((id) => (
        <li key={id} className={classes.operation}>
          <OperationLive
            id={id}
            onEnd={(state) => {
              void client.invalidateQueries({ queryKey: ["files"] });
              if (state === "succeeded") done.current.add(id);
              if (done.current.size === ids.length) onAllDone();
            }}
          />
        </li>
      ))}
    </ul>
  );
}
