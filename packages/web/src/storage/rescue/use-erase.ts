import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { ownStorageQuery, recountOwnStorage } from "../../api/own-storage.ts";
import { type ErasingThings, eraseThings, erasingQuery, type LargeThing } from "../../api/storage-rescue.ts";
import { type EraseOutcome, hasEnded, outcomeOf } from "./erase-outcome.ts";

/** Events tell of each change; asking now and then is for a stream that is down. */
const askMs = 3_000;
/** Milliseconds between two counts, and after which nobody waits for less any more: ZFS counts when it has written. */
const countMs = 5_000;
const longestMs = 60_000;

interface Running {
  readonly things: readonly LargeThing[];
  readonly answer: ErasingThings;
}

/** Deletes for good and follows it to its end; then what is large, and how much is used, are looked at anew. */
export function useErase(used: number) {
  const client = useQueryClient();
  const [running, setRunning] = useState<Running | null>(null);
  const [outcome, setOutcome] = useState<EraseOutcome | null>(null);
  const ask = useMutation({
    mutationFn: (things: readonly LargeThing[]) => eraseThings(things),
    onMutate: () => setOutcome(null),
    onSuccess: (answer, things) => setRunning({ things, answer }),
  });
  const operations = useQuery({
    ...erasingQuery(running?.answer.operations ?? []),
    enabled: running !== null,
    refetchInterval: ({ state: { data } }) => (data?.every(hasEnded) ? false : askMs),
  });
  const known = running === null ? undefined : operations.data;
  const allEnded = known?.every(hasEnded) === true;
  useEffect(() => {
    if (running === null || known === undefined || !allEnded) return;
    setRunning(null);
    setOutcome(outcomeOf(running.things, running.answer, known));
    for (const key of ["largest-things", "trash", "files", "workspaces"])
      void client.invalidateQueries({ queryKey: [key] });
  }, [running, allEnded, known, client]);
  const isCounted = useCountedAnew(outcome, used);
  const percents = known?.map((one) => (hasEnded(one) ? 100 : (one.progress ?? 0))) ?? [];
  return {
    ask,
    /** 0 to 100; null: nothing is under way. */
    percent: running === null ? null : percents.reduce((sum, one) => sum + one, 0) / Math.max(1, percents.length),
    /** Where asking how far it is fails. */
    trouble: running === null ? null : operations.error,
    outcome,
    /** False: what is used still counts what is gone. */
    isCounted,
    forget: () => setOutcome(null),
  };
}

/** Once something is gone: has the use counted until it is less, or for a minute. */
function useCountedAnew(outcome: EraseOutcome | null, used: number): boolean {
  const client = useQueryClient();
  const [from, setFrom] = useState<{ readonly outcome: EraseOutcome; readonly used: number } | null>(null);
  useEffect(() => {
    if (outcome !== null && outcome.gone.length > 0 && from?.outcome !== outcome) setFrom({ outcome, used });
  }, [outcome, used, from]);
  const waiting = from !== null && used >= from.used;
  useEffect(() => {
    if (!waiting) return;
    const until = Date.now() + longestMs;
    const count = () => {
      void recountOwnStorage()
        .catch(() => undefined)
        .then(() => client.invalidateQueries({ queryKey: ownStorageQuery.queryKey }));
    };
    count();
    const timer = setInterval(() => (Date.now() > until ? clearInterval(timer) : count()), countMs);
    return () => clearInterval(timer);
  }, [waiting, client]);
  return from === null ? outcome === null : !waiting;
}
