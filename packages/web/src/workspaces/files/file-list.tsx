import { useTranslation } from "react-i18next";
import type { FileEntry } from "../../api/types.ts";
import rows from "../../pieces/rows.module.css";
import type { FileVerbs } from "./file-asks.ts";
import { FileRow } from "./file-row.tsx";
import { extend, meant, type Selection, toggle } from "./selection.ts";
import { useFileKeys } from "./use-file-keys.ts";

interface FileListProps {
  readonly workspaceId: number;
  readonly folder: string;
  readonly label: string;
  readonly entries: readonly FileEntry[];
  readonly writable: boolean;
  readonly selection: Selection;
  readonly verbs: FileVerbs;
  select(selection: Selection): void;
}

/** The rows of a folder, to be walked and chosen by mouse and keyboard alike. */
export function FileList(props: FileListProps) {
  const { workspaceId, folder, entries, writable, selection, verbs, select } = props;
  const { t } = useTranslation();
  const order = entries.filter(({ openable }) => openable).map(({ path }) => path);
  const { onKeyDown } = useFileKeys({
    entries,
    selection,
    writable,
    select,
    rename: (entry) => verbs.ask({ kind: "rename", entry }),
    remove: (path) => verbs.remove(meant(selection, path)),
  });
  return (
    <>
      <p className="visually-hidden" id="file-keys">
        {t("files.keys")}
      </p>
      <ul className={rows.rows} aria-label={props.label} aria-describedby="file-keys" onKeyDown={onKeyDown}>
        {entries.map((entry) => (
          <FileRow
            key={entry.path}
            workspaceId={workspaceId}
            folder={folder}
            entry={entry}
            writable={writable}
            chosen={selection.paths.has(entry.path)}
            verbs={verbs}
            dragged={() => meant(selection, entry.path)}
            onChoose={(event) =>
              select(event?.shiftKey ? extend(selection, entry.path, order) : toggle(selection, entry.path))
            }
          />
        ))}
      </ul>
    </>
  );
}
