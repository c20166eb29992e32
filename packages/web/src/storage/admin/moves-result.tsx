import { Progress } from "@mantine/core";
import "@mantine/core/styles/Progress.layer.css";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { endedMovesQuery } from "../../api/move-ins.ts";
import many from "../../people/many.module.css";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { StateChip } from "../../pieces/state-chip.tsx";
import { ownerName } from "../level.ts";
import type { BegunMoves } from "./move-many.tsx";
import { RefusedSubject, ResultOfMany } from "./result-of-many.tsx";

/** How far the moves of many are, and whose have failed and why. */
export function MovesResult({ moves: { meant, begun }, onClose }: { moves: BegunMoves; onClose(): void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const ids = begun.flatMap(({ operation_id: id }) => (id === null ? [] : [id]));
  const { data: ended = [], error } = useQuery({ ...endedMovesQuery(ids), enabled: ids.length > 0 });
  const done = ended.filter(({ state }) => state === "succeeded");
  const isOver = ended.length >= ids.length;
  // Where they lie, and what they use, is another thing then.
  // biome-ignore lint/correctness/useExhaustiveDependencies: each time one more has ended
  useEffect(() => void client.invalidateQueries({ queryKey: ["storage"] }), [ended.length, client]);
  const failed = begun.flatMap(({ id, operation_id, problem }) => {
    const operation = ended.find((one) => one.id === operation_id);
    if (operation_id === null) return [{ id, problem, state: "failed" as const }];
    if (operation === undefined || operation.state === "succeeded") return [];
    return [{ id, problem: operation.error?.message ?? null, state: operation.state }];
  });
  return (
    <ResultOfMany label={t("adminStorage.moveManyResult")} onClose={onClose}>
      <div role="status">
        {isOver ? (
          <p>{t("adminStorage.moveManyDone", { count: done.length })}</p>
        ) : (
          <p>{t("adminStorage.moveManyGoing", { done: ended.length, total: ids.length })}</p>
        )}
      </div>
      {!isOver && (
        <Progress
          value={Math.max(3, (100 * ended.length) / ids.length)}
          aria-label={t("adminStorage.moveManyResult")}
        />
      )}
      {error !== null && <ReasonCard error={error} />}
      {failed.length > 0 && (
        <>
          <p className="warned">{t("adminStorage.moveManyFailed", { count: failed.length })}</p>
          <ul className={`${many.refusals} ${many.scrolls}`}>
            {failed.map(({ id, problem, state }) => {
              const subject = meant.find((one) => one.id === id);
              return (
                <RefusedSubject key={id} id={id} name={subject === undefined ? String(id) : ownerName(subject)}>
                  {problem === null ? (
                    <StateChip domain="operation" state={state} />
                  ) : (
                    <span dir="auto" className="quiet small">
                      {problem}
                    </span>
                  )}
                </RefusedSubject>
              );
            })}
          </ul>
        </>
      )}
    </ResultOfMany>
  );
}
