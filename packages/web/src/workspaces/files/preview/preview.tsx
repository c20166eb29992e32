import { ActionIcon, Button, Modal } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { type FilesOf, fileAddress, fileFactsQuery, filesQuery } from "../../../api/files.ts";
import { useLocale } from "../../../locales/use-locale.tsx";
import { closeLabel } from "../../../pieces/confirm.tsx";
import { IconChevronLeft, IconChevronRight, IconDownload } from "../../../pieces/icons.ts";
import { ReasonCard } from "../../../pieces/reason-card.tsx";
import { RowsLoading } from "../../../pieces/rows-loading.tsx";
import { useSize } from "../../../storage/use-size.ts";
import { folderOf, nameOf, shownName } from "../file-path.ts";
import { useFilesView, useFolder } from "../use-folder.ts";
import classes from "./preview.module.css";
import { PreviewBody } from "./preview-body.tsx";

interface PreviewProps {
  readonly of: FilesOf;
  readonly path: string;
  readonly writable: boolean;
  /** Opens to be written in. */
  readonly edit: boolean;
  /** To another file of the same folder. */
  onGo(path: string): void;
  onClose(): void;
}

/**
 * A look into one file. What is in it is somebody else's: nothing of it is run, nor fetched from elsewhere. Arrow keys
 * lead to the files beside it.
 */
export function Preview(props: PreviewProps) {
  const { of, path, onGo, onClose } = props;
  const { t } = useTranslation();
  const [editing, setEditing] = useState(props.edit);
  const facts = useQuery(fileFactsQuery(of, path));
  const { before, after, at, all } = useNeighbours(of, path);
  const name = nameOf(path);
  const onKeyDown = (event: KeyboardEvent) => {
    const forward = document.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
    if (editing || isOwnKey(event) || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    const to = event.key === forward ? after : before;
    if (to !== undefined) onGo(to);
  };
  return (
    <Modal
      opened
      onClose={onClose}
      // The list takes the focus back, at the row of the file that was looked at last.
      returnFocus={false}
      closeOnClickOutside={!editing}
      title={<bdi>{shownName(name)}</bdi>}
      closeButtonProps={closeLabel(t)}
      size="min(70rem, 100%)"
      classNames={{ content: classes.window, title: classes.name }}
      onKeyDown={onKeyDown}
    >
      <div className={classes.top}>
        <Facts facts={facts.data} />
        <span className={classes.spread} />
        {all > 1 && at >= 0 && !editing && (
          <nav className={classes.beside} aria-label={t("preview.beside")}>
            <Beside label={t("preview.before")} path={before} onGo={onGo} icon={IconChevronLeft} />
            <span className="quiet small tabular">{t("preview.place", { at: at + 1, all })}</span>
            <Beside label={t("preview.after")} path={after} onGo={onGo} icon={IconChevronRight} />
          </nav>
        )}
        <Button
          component="a"
          href={fileAddress(of, path)}
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
      {facts.data && (
        <PreviewBody
          of={of}
          path={path}
          size={facts.data.size}
          writable={props.writable}
          editing={editing}
          onEditing={setEditing}
        />
      )}
    </Modal>
  );
}

function Facts({ facts }: { facts: { size: number; modified_at: string | null } | undefined }) {
  const { format } = useLocale();
  const size = useSize();
  if (!facts) return null;
  return (
    <span className="quiet small">
      {size(facts.size)}
      {facts.modified_at && ` · ${format.dateTime(facts.modified_at)}`}
    </span>
  );
}

interface BesideProps {
  readonly label: string;
  readonly path: string | undefined;
  readonly icon: typeof IconChevronLeft;
  onGo(path: string): void;
}

function Beside({ label, path, icon: Arrow, onGo }: BesideProps) {
  return (
    <ActionIcon
      aria-label={label}
      title={label}
      disabled={path === undefined}
      onClick={() => path !== undefined && onGo(path)}
    >
      <Arrow size={18} className="along" />
    </ActionIcon>
  );
}

/** The files before and after this one in its folder, as the list shows it. */
function useNeighbours(of: FilesOf, path: string) {
  const [view] = useFilesView();
  const { entries } = useFolder(filesQuery(of, folderOf(path)), view);
  const files = entries.filter(({ type, openable }) => type === "file" && openable);
  const at = files.findIndex((entry) => entry.path === path);
  return {
    before: at > 0 ? files[at - 1]?.path : undefined,
    after: at >= 0 ? files[at + 1]?.path : undefined,
    at,
    all: files.length,
  };
}

/** Keys of what is typed in, played, or scrolled sideways. */
function isOwnKey({ target, altKey, ctrlKey, metaKey, shiftKey }: KeyboardEvent): boolean {
  if (altKey || ctrlKey || metaKey || shiftKey || !(target instanceof Element)) return true;
  if (target.closest("input, textarea, select, video, audio") !== null) return true;
  const scrolled = target.closest("[data-scrolls]");
  return scrolled !== null && scrolled.scrollWidth > scrolled.clientWidth;
}
