import { Button, Group } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { shownError } from "../../api/query-trouble.ts";
import { Empty } from "../../pieces/empty.tsx";
import { IconEye } from "../../pieces/icons.ts";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { RowsLoading } from "../../pieces/rows-loading.tsx";
import type { FilesView } from "./arrange-files.ts";
import type { FileVerbs } from "./file-asks.ts";
import { FileList } from "./file-list.tsx";
import { folderOf, shownName } from "./file-path.ts";
import { FileRow } from "./file-row.tsx";
import classes from "./files.module.css";
import { ListHead } from "./list-head.tsx";
import { everything, nothing, type Selection } from "./selection.ts";
import { SelectionBar } from "./selection-bar.tsx";
import { useDropTarget } from "./use-drop-target.ts";
import { mostEntries, type useFolder } from "./use-folder.ts";

interface FolderViewProps {
  readonly workspaceId: number;
  readonly path: string;
  readonly folder: ReturnType<typeof useFolder>;
  readonly view: FilesView;
  readonly writable: boolean;
  readonly busy: boolean;
  readonly selection: Selection;
  readonly verbs: FileVerbs;
  /** The folder over which something is dragged; null: this one. */
  readonly aimed: string | null;
  readonly returnTo: string | null;
  select(selection: Selection): void;
  onView(view: FilesView): void;
}

/** What is in a folder: takes files from the desktop, and says where they will land. */
export function FolderView(props: FolderViewProps) {
  const { workspaceId, path, folder, view, writable, selection, verbs, aimed, select } = props;
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { query, entries } = folder;
  const named = (of: string) => (of === "" ? t("files.root") : shownName(of));
  const chosen = entries.filter((entry) => selection.paths.has(entry.path)).map((entry) => entry.path);
  const { over, handlers } = useDropTarget({
    accepts: (types) => writable && types.includes("Files"),
    onDrop: (transfer) => verbs.upload(path, transfer),
  });
  const up = () => {
    const above = folderOf(path);
    const params = { workspaceId: String(workspaceId) };
    if (path !== "") {
      void navigate({ to: "/workspaces/$workspaceId", params, search: above === "" ? {} : { path: above } });
    }
  };
  return (
    <div className={classes.drop} data-over={over || undefined} aria-busy={props.busy} {...handlers}>
      {(over || aimed !== null) && (
        <p className={classes.dropHint}>{t("files.landsIn", { folder: named(aimed ?? path) })}</p>
      )}
      {chosen.length > 0 && (
        <SelectionBar
          workspaceId={workspaceId}
          paths={chosen}
          writable={writable}
          verbs={verbs}
          onClear={() => select(nothing)}
        />
      )}
      {query.isPending && <RowsLoading rows={5} height={36} />}
      {shownError(query) !== null && <ReasonCard error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && entries.length === 0 && !folder.coming && (
        <EmptyFolder hidden={folder.hidden} onShow={() => props.onView({ ...view, hidden: true })} />
      )}
      {entries.length > 0 && (
        <>
          <ListHead
            view={view}
            count={entries.length}
            chosen={chosen.length}
            hidden={folder.hidden}
            onView={props.onView}
            onChooseAll={(all) =>
              select(all ? everything(entries.filter((one) => one.openable).map((one) => one.path)) : nothing)
            }
          />
          {folder.cut && <p className="quiet small">{t("files.cut", { count: mostEntries })}</p>}
          <FileList
            label={t("files.list", { folder: named(path) })}
            entries={entries}
            complete={!folder.coming && !folder.cut}
            selection={selection}
            verbs={writable ? verbs : null}
            returnTo={props.returnTo}
            select={select}
            onUp={up}
            row={(row) => (
              <FileRow {...row} workspaceId={workspaceId} folder={path} writable={writable} verbs={verbs} />
            )}
          />
        </>
      )}
    </div>
  );
}

function EmptyFolder({ hidden, onShow }: { hidden: number; onShow: () => void }) {
  const { t } = useTranslation();
  return (
    <Empty
      title={t("files.empty")}
      text={t("files.emptyText")}
      action={
        hidden > 0 && (
          <Group justify="center">
            <Button variant="subtle" leftSection={<IconEye size={16} aria-hidden="true" />} onClick={onShow}>
              {t("files.hiddenHere", { count: hidden })}
            </Button>
          </Group>
        )
      }
    />
  );
}
