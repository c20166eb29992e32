import { Button, CloseButton } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "../../api/api-error.ts";
import { filesQuery, type Past } from "../../api/files.ts";
import type { PastEntry } from "../../api/snapshots.ts";
import { Empty } from "../../pieces/empty.tsx";
import { IconArrowBackUp } from "../../pieces/icons.ts";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { RowsLoading } from "../../pieces/rows-loading.tsx";
import { FileList } from "../files/file-list.tsx";
import { folderOf, shownName } from "../files/file-path.ts";
import files from "../files/files.module.css";
import { ListHead } from "../files/list-head.tsx";
import { placeSearch } from "../files/place-search.ts";
import { everything, nothing } from "../files/selection.ts";
import { mostEntries, useFilesView, useFolder } from "../files/use-folder.ts";
import { NotRestoredList } from "./not-restored.tsx";
import { PastRow } from "./past-row.tsx";
import { isToBring, mayDiffer } from "./restore-past.ts";
import classes from "./snapshots.module.css";
import { useRestorePast } from "./use-restore-past.tsx";

interface PastFolderProps {
  readonly of: Past;
  readonly path: string;
  readonly writable: boolean;
  /** What is the same now is left out. */
  readonly differing: boolean;
  readonly returnTo: string | null;
}

/** A folder as it was: look into it, and bring back. */
export function PastFolder({ of, path, writable, differing, returnTo }: PastFolderProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [selection, select] = useState(nothing);
  const [view, setView] = useFilesView();
  const { query, entries: all, hidden, coming, cut } = useFolder(filesQuery<PastEntry>(of, path), view);
  const { restoring, start, question } = useRestorePast(of, (left) => select(everything(left)));
  const entries = differing ? all.filter(mayDiffer) : all;
  const chosen = entries.filter((entry) => selection.paths.has(entry.path));
  const up = () => {
    const params = { workspaceId: String(of.workspaceId) };
    if (path !== "") void navigate({ to: "/workspaces/$workspaceId", params, search: placeSearch(of, folderOf(path)) });
  };
  const { data: done } = restoring;
  return (
    <div aria-busy={restoring.isPending}>
      {chosen.length > 0 && (
        <div className={files.selection} role="toolbar" aria-label={t("files.chosenActions")}>
          <CloseButton size="sm" aria-label={t("files.chooseNone")} onClick={() => select(nothing)} />
          <strong role="status">{t("files.chosen", { count: chosen.length })}</strong>
          <span className={files.spread} />
          <Button
            variant="subtle"
            size="compact-sm"
            disabled={!writable || !chosen.some(isToBring)}
            loading={restoring.isPending}
            leftSection={<IconArrowBackUp size={16} aria-hidden="true" />}
            onClick={() => start(chosen)}
          >
            {t("trash.restoreShort")}
          </Button>
        </div>
      )}
      {restoring.isError && <ReasonCard title={t("snapshots.failed")} error={restoring.error} />}
      {done && done.failed.length > 0 && <NotRestoredList failed={done.failed} />}
      {query.isPending && <RowsLoading rows={5} height={36} />}
      {query.isError && query.data === undefined && (
        <Unread of={of} path={path} error={query.error} onRetry={() => void query.refetch()} />
      )}
      {query.data && entries.length === 0 && !coming && (
        <Empty text={t(differing && all.length > 0 ? "snapshots.nothingDiffers" : "snapshots.emptyThen")} />
      )}
      {all.length > 0 && (
        <div className={classes.head}>
          <ListHead
            view={view}
            count={entries.length}
            chosen={chosen.length}
            hidden={hidden}
            onView={setView}
            onChooseAll={(every) =>
              select(every ? everything(entries.filter((one) => one.openable).map((one) => one.path)) : nothing)
            }
          />
        </div>
      )}
      {cut && <p className="quiet small">{t("files.cut", { count: mostEntries })}</p>}
      {entries.length > 0 && (
        <FileList
          label={t("files.list", { folder: path === "" ? t("files.root") : shownName(path) })}
          entries={entries}
          complete={!coming && !cut}
          selection={selection}
          verbs={null}
          returnTo={returnTo}
          select={select}
          onUp={up}
          row={(row) => (
            <PastRow
              {...row}
              of={of}
              folder={path}
              writable={writable}
              busy={restoring.isPending}
              onRestore={() => start([row.entry])}
            />
          )}
        />
      )}
      {question}
    </div>
  );
}

/** What was not there then has a way on; anything else says why. */
function Unread(props: { of: Past; path: string; error: unknown; onRetry: () => void }) {
  const { of, path, error, onRetry } = props;
  const { t } = useTranslation();
  if (asApiError(error).status !== 404) return <ReasonCard error={error} onRetry={onRetry} />;
  if (path === "") return <Empty text={t("snapshots.notThere")} />;
  return (
    <Empty
      text={t("snapshots.notThen", { folder: shownName(path) })}
      action={
        <Link
          to="/workspaces/$workspaceId"
          params={{ workspaceId: String(of.workspaceId) }}
          search={placeSearch(of, "")}
          resetScroll={false}
        >
          {t("files.root")}
        </Link>
      }
    />
  );
}
