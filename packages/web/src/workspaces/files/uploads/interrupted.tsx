import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocale } from "../../../locales/use-locale.tsx";
import { shownName } from "../file-path.ts";
import { discardUpload } from "./send-upload.ts";
import type { Upload } from "./upload-job.ts";
import { begunUploads } from "./upload-memory.ts";
import classes from "./uploads.module.css";

/**
 * Uploads that a reload or a closed tab cut off. A page can't open files again by itself: the person drops the same
 * ones once more, and they go on from where they were.
 */
export function Interrupted({ workspaceId, items }: { workspaceId: number; items: readonly Upload[] }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const [, setGone] = useState(0);
  const onTheirWay = new Set(items.map(({ path }) => path));
  const begun = begunUploads().filter((one) => one.workspaceId === workspaceId && !onTheirWay.has(one.path));
  if (begun.length === 0) return null;
  const names = begun.slice(0, 3).map(({ path }) => shownName(path));
  return (
    <div className={classes.uploads} role="status">
      <span>
        {t("uploads.interrupted", { count: begun.length, names: format.list(names) })}{" "}
        <span className="quiet">{t("uploads.interruptedHow")}</span>
      </span>
      <Button
        variant="subtle"
        size="compact-sm"
        className={classes.start}
        onClick={() => {
          for (const { url } of begun) discardUpload(url);
          setGone((before) => before + 1);
        }}
      >
        {t("uploads.discard")}
      </Button>
    </div>
  );
}
