import { Button, Checkbox, Progress } from "@mantine/core";
import "@mantine/core/styles/Progress.layer.css";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { everySubject, type QuotaOutcome, type StorageSubject, type SubjectsLook } from "../../api/storage.ts";
import { useLocale } from "../../locales/use-locale.tsx";
import many from "../../people/many.module.css";
import type { Chosen } from "../../people/use-chosen.ts";
import { useUndo } from "../../pieces/undo.tsx";
import { useSize } from "../use-size.ts";
import { byQuota, setMany } from "./many-quotas.ts";
import { type BegunMoves, MoveMany } from "./move-many.tsx";
import { MovesResult } from "./moves-result.tsx";
import { QuotaDialog } from "./quota-dialog.tsx";
import { QuotaRefusals } from "./quota-refusals.tsx";

interface QuotaBarProps {
  readonly chosen: Chosen;
  readonly look: SubjectsLook;
  /** Those of the list that are loaded. */
  readonly rows: readonly StorageSubject[];
  readonly total: number;
}

interface Refused {
  readonly of: number;
  readonly subject: StorageSubject | undefined;
  readonly outcome: QuotaOutcome;
}

/**
 * Choosing everybody of the list; once somebody is chosen, one quota for all of them, and who could not have it; or a
 * move of their workspaces into their storage.
 */
export function QuotaBar({ chosen, look, rows, total }: QuotaBarProps) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const size = useSize();
  const client = useQueryClient();
  const offerUndo = useUndo();
  const [asking, setAsking] = useState(false);
  const [done, setDone] = useState(0);
  const [refused, setRefused] = useState<readonly Refused[] | null>(null);
  const [moves, setMoves] = useState<BegunMoves | null>(null);
  const count = chosen.all ? total : chosen.ids.size;
  const refresh = () => client.invalidateQueries({ queryKey: ["storage"] });
  const who = async () => (chosen.all ? await everySubject(look) : rows.filter(({ id }) => chosen.has(id)));
  const set = useMutation({
    mutationFn: async (quota: number) => {
      setDone(0);
      const meant = await who();
      const outcomes = await setMany(
        meant.map(({ id }) => id),
        quota,
        setDone,
      );
      return { quota, meant, outcomes };
    },
    onSuccess: ({ quota, meant, outcomes }) => {
      const failed = outcomes.filter((one) => !one.done);
      const changed = new Set(outcomes.filter((one) => one.done).map(({ id }) => id));
      setAsking(false);
      chosen.clear();
      setRefused(
        failed.length === 0
          ? null
          : failed.map((outcome) => ({
              of: meant.length,
              subject: meant.find(({ id }) => id === outcome.id),
              outcome,
            })),
      );
      if (changed.size === 0) return;
      const before = byQuota(meant.filter(({ id }) => changed.has(id)));
      offerUndo({
        text:
          quota === 0
            ? t("adminStorage.quotasTaken", { count: changed.size })
            : t("adminStorage.quotasAre", { count: changed.size, size: size(quota) }),
        undo: async () => {
          for (const [old, ids] of before) await setMany(ids, old);
          await refresh();
        },
      });
    },
    onSettled: refresh,
  });
  if (total === 0 && count === 0 && moves === null) return null;
  return (
    <>
      {moves !== null && <MovesResult moves={moves} onClose={() => setMoves(null)} />}
      {refused !== null && (
        <QuotaRefusals
          of={refused[0]?.of ?? 0}
          refused={refused.map(({ outcome, subject }) => ({
            id: outcome.id,
            name: subject?.name ?? format.id(outcome.id),
            problem: outcome.problem,
            problem_code: outcome.problem_code,
          }))}
          onClose={() => setRefused(null)}
        />
      )}
      <fieldset className={many.bar} data-open={count > 0 || undefined} aria-label={t("adminStorage.many")}>
        <Checkbox
          label={count > 0 ? t("adminStorage.chosen", { count }) : t("adminStorage.chooseAll", { count: total })}
          checked={chosen.all && total > 0}
          indeterminate={!chosen.all && count > 0}
          onChange={(event) => (event.currentTarget.checked && count === 0 ? chosen.chooseAll() : chosen.clear())}
        />
        {count > 0 && !chosen.all && count < total && (
          <Button size="xs" variant="subtle" onClick={chosen.chooseAll}>
            {t("adminStorage.chooseAll", { count: total })}
          </Button>
        )}
        {count > 0 && (
          <div className={many.verbs}>
            <Button size="xs" variant="default" onClick={() => setAsking(true)}>
              {t("adminStorage.setQuota")}
            </Button>
            <MoveMany
              anybody={rows.find(({ id }) => chosen.has(id))}
              who={who}
              onBegun={(begun) => {
                chosen.clear();
                setMoves(begun);
              }}
            />
          </div>
        )}
      </fieldset>
      {asking && (
        <QuotaDialog
          count={count}
          names={chosen.all ? [] : rows.filter(({ id }) => chosen.has(id)).map(({ name }) => name)}
          pending={set.isPending}
          error={set.error}
          onQuota={(quota) => set.mutate(quota)}
          onClose={() => {
            set.reset();
            setAsking(false);
          }}
        >
          {set.isPending && count > 0 && (
            <Progress
              mt="md"
              value={(100 * done) / count}
              aria-label={t("adminStorage.going", { done: format.number(done), total: format.number(count) })}
            />
          )}
        </QuotaDialog>
      )}
    </>
  );
}
