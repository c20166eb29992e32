import { ActionIcon } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useErrorText } from "../../../locales/error-text.ts";
import { IconRefresh, IconX } from "../../../pieces/icons.ts";
import { useSize } from "../../../storage/use-size.ts";
import { shownName } from "../file-path.ts";
import { Progress } from "./progress.tsx";
import type { Upload } from "./upload-job.ts";
import { isUnderWay } from "./upload-queue.ts";
import classes from "./uploads.module.css";
import { uploads } from "./uploads.ts";

/** One file on its way: how far, or why it did not arrive; it can be stopped, and tried again. */
export function UploadRow({ upload }: { upload: Upload }) {
  const { t } = useTranslation();
  const { id, path, total, sent, state } = upload;
  const name = shownName(path);
  const stop = t(isUnderWay(upload) ? "uploads.stop" : "uploads.forget", { name });
  return (
    <li>
      <div className={classes.top}>
        <span className="clip" dir="auto">
          {name}
        </span>
        <Words upload={upload} />
        <span className={classes.spread} />
        {state === "failed" && (
          <ActionIcon
            size="sm"
            aria-label={t("uploads.retry", { name })}
            title={t("uploads.retry", { name })}
            onClick={() => uploads.retry(id)}
          >
            <IconRefresh size={16} />
          </ActionIcon>
        )}
        {state !== "done" && (
          <ActionIcon size="sm" aria-label={stop} title={stop} onClick={() => uploads.stop(id)}>
            <IconX size={16} />
          </ActionIcon>
        )}
      </div>
      {state === "sending" && <Progress label={name} percent={total > 0 ? (sent / total) * 100 : 0} />}
    </li>
  );
}

function Words({ upload }: { upload: Upload }) {
  const { t } = useTranslation();
  const size = useSize();
  const tell = useErrorText();
  const { state, stalled, sent, total, error } = upload;
  if (state === "failed") {
    return (
      <span className={classes.failed} role="alert">
        {t("uploads.failed", { reason: tell(error).text })}
      </span>
    );
  }
  const far = t("uploads.of", { sent: size(sent), total: size(total) });
  const words = {
    waiting: t("uploads.waiting"),
    sending: far,
    asking: "",
    skipped: t("uploads.skipped"),
    done: t("uploads.done"),
  };
  return <span className="quiet small tabular">{stalled ? t("uploads.stalled") : words[state]}</span>;
}
