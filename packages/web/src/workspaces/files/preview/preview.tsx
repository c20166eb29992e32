import { Button, Modal } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { fileAddress, fileFactsQuery } from "../../../api/files.ts";
import { useLocale } from "../../../locales/use-locale.tsx";
import { closeLabel } from "../../../pieces/confirm.tsx";
import { IconDownload } from "../../../pieces/icons.ts";
import { ReasonCard } from "../../../pieces/reason-card.tsx";
import { RowsLoading } from "../../../pieces/rows-loading.tsx";
import { nameOf, shownName } from "../file-path.ts";
import { ImagePreview } from "./image-preview.tsx";
import classes from "./preview.module.css";
import { previewKind } from "./preview-kind.ts";
import { TextPreview } from "./text-preview.tsx";

interface PreviewProps {
  readonly workspaceId: number;
  readonly path: string;
  readonly writable: boolean;
  onClose(): void;
}

/** A look into one file: text, table or picture. Nothing in it is run or followed. */
export function Preview({ workspaceId, path, writable, onClose }: PreviewProps) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const [unsaved, setUnsaved] = useState(false);
  const facts = useQuery(fileFactsQuery(workspaceId, path));
  const name = nameOf(path);
  const kind = facts.data ? previewKind(name, facts.data.size) : null;
  // What was typed and not saved is not lost by a click beside the dialog.
  const leave = () => {
    if (!unsaved || window.confirm(t("preview.leave"))) onClose();
  };
  return (
    <Modal
      opened
      onClose={leave}
      closeOnClickOutside={!unsaved}
      title={<bdi>{shownName(name)}</bdi>}
      closeButtonProps={closeLabel(t)}
      size="min(64rem, 100%)"
    >
      <div className={classes.top}>
        {facts.data && (
          <span className="quiet small">
            {format.bytes(facts.data.size)}
            {facts.data.modified_at && ` · ${format.dateTime(facts.data.modified_at)}`}
          </span>
        )}
        <Button
          component="a"
          href={fileAddress(workspaceId, path)}
          download={name}
          variant="default"
          size="xs"
          leftSection={<IconDownload size={16} aria-hidden="true" />}
        >
          {t("files.downloadIt")}
        </Button>
      </div>
      {facts.isPending && <RowsLoading rows={6} height={22} />}
      {facts.isError && facts.data === undefined && (
        <ReasonCard error={facts.error} onRetry={() => void facts.refetch()} />
      )}
      {kind === "none" && <p className="quiet">{t("preview.none")}</p>}
      {kind === "image" && <ImagePreview workspaceId={workspaceId} path={path} />}
      {(kind === "text" || kind === "table") && facts.data && (
        <TextPreview
          workspaceId={workspaceId}
          path={path}
          size={facts.data.size}
          table={kind === "table"}
          writable={writable}
          onUnsaved={setUnsaved}
        />
      )}
    </Modal>
  );
}
