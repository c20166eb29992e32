import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { createFolder, filesQuery } from "../../api/files.ts";
import { shownError } from "../../api/query-trouble.ts";
import type { Workspace } from "../../api/types.ts";
import { Empty } from "../../pieces/empty.tsx";
import { may } from "../../pieces/may.ts";
import { Section } from "../../pieces/page.tsx";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { RowsLoading } from "../../pieces/rows-loading.tsx";
import { Breadcrumb } from "./breadcrumb.tsx";
import type { FileAsk, FileVerbs } from "./file-asks.ts";
import { FileDialogs } from "./file-dialogs.tsx";
import { FileList } from "./file-list.tsx";
import { joinPath, shownName } from "./file-path.ts";
import { FileSearch } from "./file-search.tsx";
import classes from "./files.module.css";
import { FilesToolbar } from "./files-toolbar.tsx";
import { nothing } from "./selection.ts";
import { SelectionBar } from "./selection-bar.tsx";
import { readDrop } from "./uploads/dropped-files.ts";
import { Interrupted } from "./uploads/interrupted.tsx";
import { UploadList } from "./uploads/upload-list.tsx";
import { uploads, useUploads } from "./uploads/uploads.ts";
import { useDropTarget } from "./use-drop-target.ts";
import { useFileVerbs } from "./use-file-verbs.tsx";

/** A folder of the workspace: browse, bring in, choose, change. */
export function Files({ workspace, path }: { workspace: Workspace; path: string }) {
  const { t } = useTranslation();
  const [ask, setAsk] = useState<FileAsk | null>(null);
  const [selection, select] = useState(nothing);
  const [text, setText] = useState("");
  const wanted = useDeferredValue(text.trim());
  const files = useInfiniteQuery(filesQuery(workspace.id, path));
  const items = useUploads(workspace.id);
  const { pending, error, question, ...acts } = useFileVerbs(workspace.id, () => select(nothing));
  const writable = may("workspace.write", workspace.status);
  const entries = files.data?.pages.flatMap((page) => page.items) ?? [];
  const chosen = entries.filter((entry) => selection.paths.has(entry.path)).map((entry) => entry.path);
  const folder = path === "" ? t("files.root") : shownName(path);

  const upload = async (into: string, transfer: DataTransfer) => {
    const { files: dropped, emptyFolders } = await readDrop(transfer);
    uploads.add(workspace.id, into, dropped);
    for (const empty of emptyFolders) await createFolder(workspace.id, joinPath(into, empty)).catch(() => {});
    if (emptyFolders.length > 0) await files.refetch();
  };
  const verbs: FileVerbs = { ...acts, ask: setAsk, upload: (into, transfer) => void upload(into, transfer) };
  const { over, handlers } = useDropTarget({
    accepts: (types) => writable && types.includes("Files"),
    onDrop: (transfer) => verbs.upload(path, transfer),
  });

  const toolbar = (
    <FilesToolbar
      writable={writable}
      text={text}
      onText={setText}
      onNewFolder={() => setAsk({ kind: "newFolder" })}
      onUpload={(dropped) => uploads.add(workspace.id, path, dropped)}
    />
  );
  return (
    <Section title={t("files.title")} action={toolbar}>
      <Interrupted workspaceId={workspace.id} items={items} />
      <UploadList workspaceId={workspace.id} items={items} />
      <Breadcrumb workspaceId={workspace.id} path={path} writable={writable} moveInto={verbs.moveInto} />
      {error !== null && <ReasonCard error={error} />}
      {wanted !== "" ? (
        <FileSearch workspaceId={workspace.id} folder={path} text={wanted} onOpen={() => setText("")} />
      ) : (
        <div className={classes.drop} data-over={over || undefined} aria-busy={pending} {...handlers}>
          {over && <p className={classes.dropHint}>{t("files.drop", { folder })}</p>}
          {chosen.length > 0 && (
            <SelectionBar
              workspaceId={workspace.id}
              paths={chosen}
              writable={writable}
              verbs={verbs}
              onClear={() => select(nothing)}
            />
          )}
          {files.isPending && <RowsLoading rows={5} height={36} />}
          {shownError(files) !== null && <ReasonCard error={files.error} onRetry={() => void files.refetch()} />}
          {files.data && entries.length === 0 && <Empty title={t("files.empty")} text={t("files.emptyText")} />}
          {entries.length > 0 && (
            <FileList
              workspaceId={workspace.id}
              folder={path}
              label={t("files.list", { folder })}
              entries={entries}
              writable={writable}
              selection={selection}
              verbs={verbs}
              select={select}
            />
          )}
          {files.hasNextPage && (
            <Button variant="subtle" loading={files.isFetchingNextPage} onClick={() => void files.fetchNextPage()}>
              {t("common.more")}
            </Button>
          )}
        </div>
      )}
      <FileDialogs
        workspaceId={workspace.id}
        folder={path}
        ask={ask}
        moveInto={verbs.moveInto}
        onClose={() => setAsk(null)}
      />
      {question}
    </Section>
  );
}
