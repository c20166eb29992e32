import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Past } from "../../api/files.ts";
import { type OnPlaceTaken, type PastEntry, type Restored, restoreFromSnapshot } from "../../api/snapshots.ts";
import { useUndo } from "../../pieces/undo.tsx";
import { eachOf } from "../files/each-of.ts";
import { folderOf, shownName } from "../files/file-path.ts";
import { placeSearch } from "../files/place-search.ts";
import { inTheWay, isToBring, takeBack } from "./restore-past.ts";
import { TakenPlaces } from "./taken-places.tsx";

interface Asked {
  readonly entries: readonly PastEntry[];
  readonly onTaken: OnPlaceTaken;
}

/**
 * Brings things back out of a snapshot; asks once where something stands in their place.
 * @param onDone told of what did not come back, by its paths
 */
export function useRestorePast(of: Past, onDone: (left: readonly string[]) => void) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const offerUndo = useUndo();
  const [asking, ask] = useState<readonly PastEntry[] | null>(null);
  const refresh = () => Promise.all(["files", "trash"].map((key) => client.invalidateQueries({ queryKey: [key] })));
  const told = (back: readonly Restored[]) => {
    const [only] = back;
    if (only === undefined || back.length > 1) return t("trash.areBack", { count: back.length });
    const names = { name: shownName(only.path), as: shownName(only.restored_as) };
    return only.path === only.restored_as ? t("trash.isBack", names) : t("snapshots.isBackAs", names);
  };
  const restoring = useMutation({
    mutationFn: ({ entries, onTaken }: Asked) =>
      restoreFromSnapshot(
        of,
        entries.map(({ path }) => path),
        onTaken,
      ),
    onSuccess: ({ restored, failed }, { entries, onTaken }) => {
      const [first] = restored;
      if (first) {
        const replaced = new Set(inTheWay(entries).map(({ path }) => path));
        offerUndo({
          text: told(restored),
          link: <Place workspaceId={of.workspaceId} folder={folderOf(first.restored_as)} />,
          undo: () =>
            eachOf(restored.toReversed(), (one) =>
              takeBack(of, one, replaced.has(one.path) ? onTaken : "keep_both"),
            ).finally(refresh),
        });
      }
      onDone(failed.map(({ path }) => path));
    },
    onSettled: refresh,
  });
  const start = (chosen: readonly PastEntry[]) => {
    const entries = chosen.filter(isToBring);
    if (inTheWay(entries).length > 0) ask(entries);
    else restoring.mutate({ entries, onTaken: "keep_both" });
  };
  const question = asking && (
    <TakenPlaces
      entries={asking}
      onClose={() => ask(null)}
      onAnswer={(onTaken) => {
        ask(null);
        restoring.mutate({ entries: asking, onTaken });
      }}
    />
  );
  return { restoring, start, question };
}

function Place({ workspaceId, folder }: { workspaceId: number; folder: string }) {
  const { t } = useTranslation();
  return (
    <Link
      to="/workspaces/$workspaceId"
      params={{ workspaceId: String(workspaceId) }}
      search={placeSearch(workspaceId, folder)}
    >
      {t("trash.goThere")}
    </Link>
  );
}
