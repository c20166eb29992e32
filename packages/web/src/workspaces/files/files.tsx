import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { createFolder, filesQuery } from "../../api/files.ts";
import type { Workspace } from "../../api/types.ts";
import { may } from "../../pieces/may.ts";
import { Section } from "../../pieces/page.tsx";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { Breadcrumb } from "./breadcrumb.tsx";
import type { FileAsk, FileVerbs } from "./file-asks.ts";
import { FileDialogs } from "./file-dialogs.tsx";
import { joinPath } from "./file-path.ts";
import { FileSearch } from "./file-search.tsx";
import { FilesToolbar } from "./files-toolbar.tsx";
import { FolderView } from "./folder-view.tsx";
import { nothing } from "./selection.ts";
import { readDrop } from "./uploads/dropped-files.ts";
import { Interrupted } from "./uploads/interrupted.tsx";
import { UploadList } from "./uploads/upload-list.tsx";
import { uploads, useUploads } from "./uploads/uploads.ts";
import { useFileVerbs } from "./use-file-verbs.tsx";
import { useFilesView, useFolder } from "./use-folder.ts";
import { useTerminalHere } from "./use-terminal-here.ts";

interface FilesProps {
  readonly workspace: Workspace;
  readonly path: string;
  /** The file that was looked into last: its row gets the focus back. */
  readonly returnTo: string | null;
}

/** A folder of the workspace: browse, bring in, choose, change. */
export function Files({ workspace, path, returnTo }: FilesProps) {
  const { t } = useTranslation();
  const [ask, setAsk] = useState<FileAsk | null>(null);
  const [selection, select] = useState(nothing);
  const [aimed, aim] = useState<string | null>(null);
  const [text, setText] = useState("");
  const wanted = useDeferredValue(text.trim());
  const [view, setView] = useFilesView();
  const folder = useFolder(filesQuery(workspace.id, path), view);
  const items = useUploads(workspace.id);
  const { pending, progress, error, question, ...acts } = useFileVerbs(workspace.id, () => select(nothing));
  const terminal = useTerminalHere(workspace);
  const writable = may("workspace.write", workspace.status);

  const upload = async (into: string, transfer: DataTransfer) => {
    const { files: dropped, emptyFolders } = await readDrop(transfer);
    uploads.add(workspace.id, into, dropped);
    for (const empty of emptyFolders) await createFolder(workspace.id, joinPath(into, empty)).catch(() => {});
    if (emptyFolders.length > 0) await folder.query.refetch();
  };
  const verbs: FileVerbs = {
    ...acts,
    aim,
    ask: setAsk,
    upload: (into, transfer) => void upload(into, transfer),
    terminal: terminal.open,
  };

  const toolbar = (
    <FilesToolbar
      workspaceId={workspace.id}
      folder={path}
      writable={writable}
      text={text}
      terminal={terminal}
      onText={setText}
      onNew={(kind) => setAsk({ kind })}
      onUpload={(dropped) => uploads.add(workspace.id, path, dropped)}
      onTerminal={() => terminal.open?.(path)}
    />
  );
  return (
    <Section title={t("files.title")} action={toolbar}>
      <Interrupted workspaceId={workspace.id} items={items} />
      <UploadList workspaceId={workspace.id} items={items} />
      <Breadcrumb of={workspace.id} path={path} writable={writable} moveInto={verbs.moveInto} />
      {error !== null && <ReasonCard error={error} />}
      {terminal.error !== null && <ReasonCard title={t("quickStart.failed")} error={terminal.error} />}
      {progress && (
        <p className="quiet small tabular" role="status">
          {t("files.progress", { done: progress.done, all: progress.all })}
        </p>
      )}
      {wanted !== "" ? (
        <FileSearch workspaceId={workspace.id} folder={path} text={wanted} onOpen={() => setText("")} />
      ) : (
        <FolderView
          workspaceId={workspace.id}
          path={path}
          folder={folder}
          view={view}
          writable={writable}
          busy={pending}
          selection={selection}
          verbs={verbs}
          aimed={aimed}
          returnTo={returnTo}
          select={select}
          onView={setView}
        />
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
