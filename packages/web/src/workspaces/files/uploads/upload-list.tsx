import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSize } from "../../../storage/use-size.ts";
import { ConflictQuestion } from "./conflict-question.tsx";
import { Progress } from "./progress.tsx";
import type { Upload } from "./upload-job.ts";
import { isUnderWay } from "./upload-queue.ts";
import { UploadRow } from "./upload-row.tsx";
import classes from "./uploads.module.css";
import { uploads } from "./uploads.ts";

/** Rows shown at once: of ten thousand files on their way the first few tell enough. */
const shown = 6;

/** What is on its way, how far as a whole and each, what is asked about, and what did not arrive and why. */
export function UploadList({ workspaceId, items }: { workspaceId: number; items: readonly Upload[] }) {
  const { t } = useTranslation();
  const size = useSize();
  const [all, setAll] = useState(false);
  if (items.length === 0) return null;
  const left = items.filter(isUnderWay);
  const ended = items.length - left.length;
  const asking = items.filter(({ state }) => state === "asking");
  const counted = items.filter(({ state }) => state !== "skipped");
  const total = counted.reduce((sum, one) => sum + one.total, 0);
  const sent = counted.reduce((sum, one) => sum + one.sent, 0);
  const rows = [...items].sort((a, b) => rank(a) - rank(b));
  return (
    <section className={classes.uploads} aria-label={t("uploads.title")}>
      <div className={classes.top}>
        <strong role="status">
          {left.length > 0 ? t("uploads.left", { count: left.length }) : t("uploads.ended", { count: items.length })}
        </strong>
        {left.length > 0 && (
          <span className="quiet small tabular">{t("uploads.of", { sent: size(sent), total: size(total) })}</span>
        )}
        <span className={classes.spread} />
        {left.length > 0 && (
          <Button variant="subtle" size="compact-sm" onClick={() => uploads.stopAll(workspaceId)}>
            {t("uploads.stopAll")}
          </Button>
        )}
        {ended > 0 && left.length === 0 && (
          <Button variant="subtle" size="compact-sm" onClick={() => uploads.clear(workspaceId)}>
            {t("uploads.clear")}
          </Button>
        )}
      </div>
      {left.length > 0 && items.length > 1 && (
        <Progress label={t("uploads.whole")} percent={total > 0 ? (sent / total) * 100 : 0} />
      )}
      {asking[0] && <ConflictQuestion key={asking[0].id} upload={asking[0]} more={left.length - 1} />}
      <ul>
        {rows
          .filter(({ state }) => state !== "asking")
          .slice(0, all ? 200 : shown)
          .map((upload) => (
            <UploadRow key={upload.id} upload={upload} />
          ))}
      </ul>
      {!all && items.length > shown && (
        <Button variant="subtle" size="compact-sm" onClick={() => setAll(true)}>
          {t("uploads.showAll", { count: items.length })}
        </Button>
      )}
    </section>
  );
}

/** What needs somebody first, then what moves, then what waits, then what is done. */
const order: readonly Upload["state"][] = ["failed", "sending", "waiting", "asking", "skipped", "done"];
const rank = ({ state }: Upload) => order.indexOf(state);
