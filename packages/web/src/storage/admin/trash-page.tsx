import { Button } from "@mantine/core";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { type DeletedStorage, deletedStorageQuery, storageOverviewQuery } from "../../api/storage.ts";
import { OperationLive } from "../../operations/operation-live.tsx";
import { Empty } from "../../pieces/empty.tsx";
import { LongList } from "../../pieces/long-list.tsx";
import { useSize } from "../use-size.ts";
import { DeletedRow } from "./deleted-row.tsx";
import classes from "./glance.module.css";
import { PurgeStorage } from "./purge-storage.tsx";
import { StorageFrame } from "./storage-frame.tsx";

const keyOf = ({ id }: DeletedStorage) => id;

/** Storage that was deleted as a whole: brought back, or ended for good. */
export function StorageTrashPage() {
  const { t } = useTranslation();
  const size = useSize();
  const client = useQueryClient();
  const trash = useInfiniteQuery(deletedStorageQuery);
  const { data: overview } = useQuery(storageOverviewQuery);
  const [purging, setPurging] = useState<DeletedStorage | "all" | null>(null);
  const [operation, setOperation] = useState<string | null>(null);
  const count = overview?.trash.count ?? 0;
  const showRow = useCallback(
    (entry: DeletedStorage) => <DeletedRow entry={entry} onPurge={() => setPurging(entry)} />,
    [],
  );
  return (
    <StorageFrame
      title={t("adminStorage.trashTitle")}
      action={
        count > 0 && (
          <Button variant="default" onClick={() => setPurging("all")}>
            {t("trash.emptyIt")}
          </Button>
        )
      }
    >
      {overview !== undefined && count > 0 && (
        <p className={classes.room}>
          <span className={classes.figure}>{size(overview.trash.used)}</span>{" "}
          <span className="quiet">
            {t("trash.roomOf", { count })} · {t("trash.emptiesItself")}
          </span>
        </p>
      )}
      {operation !== null && (
        <OperationLive
          key={operation}
          id={operation}
          onEnd={() => void client.invalidateQueries({ queryKey: ["storage"] })}
        />
      )}
      <LongList
        label={t("adminStorage.trashTitle")}
        query={trash}
        keyOf={keyOf}
        rowHeight={66}
        lines
        empty={<Empty title={t("trash.empty")} text={t("adminStorage.trashEmptyText")} />}
      >
        {showRow}
      </LongList>
      {purging !== null && (
        <PurgeStorage
          what={purging}
          all={overview?.trash ?? null}
          onBegun={(id) => setOperation(id)}
          onClose={() => setPurging(null)}
        />
      )}
    </StorageFrame>
  );
}
