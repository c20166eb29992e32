import { ActionIcon, Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useLocale } from "../../locales/use-locale.tsx";
import { IconX } from "../../pieces/icons.ts";
import classes from "./files.module.css";
import type { Upload, Uploads } from "./use-uploads.ts";

/** What is on its way, how far, and what did not arrive and why. */
export function UploadList({ uploads }: { uploads: Uploads }) {
  const { t } = useTranslation();
  const { items } = uploads;
  if (items.length === 0) return null;
  const left = items.filter(({ state }) => state === "waiting" || state === "sending").length;
  return (
    <div className={classes.uploads}>
      <div className={classes.uploadTop}>
        <strong role="status">{left > 0 ? t("files.uploading", { count: left }) : t("files.uploaded")}</strong>
        {left < items.length && (
          <Button variant="subtle" size="compact-sm" onClick={uploads.clear}>
            {t("files.clearUploads")}
          </Button>
        )}
      </div>
      <ul>
        {items.map((upload) => (
          <UploadRow key={upload.id} upload={upload} onStop={() => uploads.stop(upload.id)} />
        ))}
      </ul>
    </div>
  );
}

function UploadRow({ upload, onStop }: { upload: Upload; onStop: () => void }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const { name, total, sent, state, reason } = upload;
  const words = t("files.uploadOf", { sent: format.bytes(sent), total: format.bytes(total) });
  const running = state === "waiting" || state === "sending";
  const percent = total > 0 ? (sent / total) * 100 : 100;
  return (
    <li>
      <div className={classes.uploadTop}>
        <span className="clip" dir="auto">
          {name}
        </span>
        <span className="quiet small" role={state === "failed" ? "alert" : undefined}>
          {state === "failed" ? t("files.uploadFailed", { reason }) : words}
        </span>
        {running && (
          <ActionIcon size="sm" aria-label={t("files.stopUpload", { name })} onClick={onStop}>
            <IconX size={16} />
          </ActionIcon>
        )}
      </div>
      {running && (
        <div className={classes.bar} role="progressbar" aria-label={name} aria-valuenow={Math.round(percent)}>
          <div style={{ inlineSize: `${percent}%` }} />
        </div>
      )}
    </li>
  );
}
