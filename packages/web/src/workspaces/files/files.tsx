import { Button, FileButton } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { filesQuery } from "../../api/files.ts";
import { shownError } from "../../api/query-trouble.ts";
import type { Workspace } from "../../api/types.ts";
import { Empty } from "../../pieces/empty.tsx";
import { IconFolderPlus, IconUpload } from "../../pieces/icons.ts";
import { may } from "../../pieces/may.ts";
import { Section } from "../../pieces/page.tsx";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import rows from "../../pieces/rows.module.css";
import { RowsLoading } from "../../pieces/rows-loading.tsx";
import { Breadcrumb } from "./breadcrumb.tsx";
import { FileRow } from "./file-row.tsx";
import classes from "./files.module.css";
import { NewFolder } from "./new-folder.tsx";
import { UploadList } from "./upload-list.tsx";
import { useDropTarget } from "./use-drop-target.ts";
import { useUploads } from "./use-uploads.ts";

/** A folder of the workspace: browse, upload by button or drop, download, delete. */
export function Files({ workspace, path }: { workspace: Workspace; path: string }) {
  const { t } = useTranslation();
  const [naming, setNaming] = useState(false);
  const files = useInfiniteQuery(filesQuery(workspace.id, path));
  const uploads = useUploads(workspace.id);
  const writable = may("workspace.write", workspace.status);
  const { over, handlers } = useDropTarget((dropped) => uploads.add(path, dropped), writable);
  const items = files.data?.pages.flatMap((page) => page.items) ?? [];
  const folder = path === "" ? t("files.root") : path;

  const actions = (
    <div className={classes.actions}>
      <Button
        variant="subtle"
        size="compact-sm"
        leftSection={<IconFolderPlus size={18} aria-hidden="true" />}
        disabled={!writable}
        onClick={() => setNaming(true)}
      >
        {t("files.newFolder")}
      </Button>
      <FileButton multiple disabled={!writable} onChange={(chosen) => uploads.add(path, chosen)}>
        {(props) => (
          <Button {...props} variant="default" size="xs" leftSection={<IconUpload size={16} aria-hidden="true" />}>
            {t("files.upload")}
          </Button>
        )}
      </FileButton>
    </div>
  );
  return (
    <Section title={t("files.title")} action={actions}>
      <Breadcrumb workspaceId={workspace.id} path={path} />
      <UploadList uploads={uploads} />
      <div className={classes.drop} data-over={over || undefined} {...handlers}>
        {over && <p className={classes.dropHint}>{t("files.drop", { folder })}</p>}
        {files.isPending && <RowsLoading rows={5} height={36} />}
        {shownError(files) !== null && <ReasonCard error={files.error} onRetry={() => void files.refetch()} />}
        {files.data && items.length === 0 && <Empty title={t("files.empty")} text={t("files.emptyText")} />}
        {items.length > 0 && (
          <ul className={rows.rows} aria-label={t("files.list", { folder })}>
            {items.map((entry) => (
              <FileRow key={entry.path} workspaceId={workspace.id} entry={entry} writable={writable} />
            ))}
          </ul>
        )}
        {files.hasNextPage && (
          <Button variant="subtle" loading={files.isFetchingNextPage} onClick={() => void files.fetchNextPage()}>
            {t("common.more")}
          </Button>
        )}
      </div>
      {naming && <NewFolder workspaceId={workspace.id} folder={path} onClose={() => setNaming(false)} />}
    </Section>
  );
}
