import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { trashSummaryQuery } from "../../api/trash.ts";
import { useSize } from "../../storage/use-size.ts";
import classes from "./trash.module.css";

/** How much room the trash takes, and that it empties itself. */
export function TrashRoom() {
  const { t } = useTranslation();
  const size = useSize();
  const { data } = useQuery(trashSummaryQuery);
  if (data === undefined || data.entries === 0) return null;
  return (
    <p className={classes.room}>
      <strong className={classes.figure}>{size(data.bytes)}</strong>
      <span className="quiet">
        {data.folders > 0
          ? t("trash.roomAndFolders", { count: data.entries, folders: data.folders })
          : t("trash.roomOf", { count: data.entries })}
      </span>
      <span className="quiet">{t("trash.emptiesItself")}</span>
    </p>
  );
}
