import { UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { foldersQuery } from "../../api/files.ts";
import { IconChevronRight, IconFolder } from "../../pieces/icons.ts";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { RowsLoading } from "../../pieces/rows-loading.tsx";
import { shownName, trail } from "./file-path.ts";
import classes from "./folder-tree.module.css";
import { walkTree } from "./walk-tree.ts";

interface FolderTreeProps {
  readonly workspaceId: number;
  readonly label: string;
  /** The folder that is chosen; "" is the root. */
  readonly chosen: string;
  onChoose(folder: string): void;
}

/** The folders of a workspace, each read when it is opened. The way to the chosen one stands open from the start. */
export function FolderTree({ workspaceId, label, chosen, onChoose }: FolderTreeProps) {
  const { t } = useTranslation();
  const [first] = useState(chosen);
  const branch = { workspaceId, chosen, onChoose, first, open: ["", ...trail(first).map(({ path }) => path)] };
  return (
    <fieldset className={classes.tree} aria-label={label} onKeyDown={walkTree}>
      <ul>
        <Branch {...branch} path="" name={t("files.root")} />
      </ul>
    </fieldset>
  );
}

interface BranchProps extends Omit<FolderTreeProps, "label"> {
  readonly path: string;
  readonly name: string;
  readonly open: readonly string[];
  /** The folder that the keyboard begins at. */
  readonly first: string;
}

function Branch(props: BranchProps) {
  const { path, name, chosen, open, onChoose } = props;
  const { t } = useTranslation();
  const [opened, setOpened] = useState(open.includes(path));
  const button = useRef<HTMLButtonElement>(null);
  const begins = path === props.first;
  // Folders come one after the other: the way down to it is there before it is.
  useEffect(() => {
    if (begins) button.current?.focus();
  }, [begins]);
  return (
    <li>
      <div className={classes.branch}>
        <UnstyledButton
          className={classes.turn}
          aria-expanded={opened}
          aria-label={t("files.openFolder", { name })}
          onClick={() => setOpened(!opened)}
        >
          <IconChevronRight size={16} aria-hidden="true" className={opened ? classes.down : "along"} />
        </UnstyledButton>
        <UnstyledButton
          ref={button}
          className={classes.name}
          data-folder
          // The dialog's own first focus, so that it does not take it away again.
          data-autofocus={begins || undefined}
          aria-pressed={chosen === path}
          onClick={() => onChoose(path)}
          onDoubleClick={() => setOpened(true)}
        >
          <IconFolder size={18} stroke={1.75} aria-hidden="true" />
          <bdi className="clip">{path === "" ? name : shownName(name)}</bdi>
        </UnstyledButton>
      </div>
      {opened && <Children {...props} />}
    </li>
  );
}

function Children(props: BranchProps) {
  const { t } = useTranslation();
  const folders = useQuery(foldersQuery(props.workspaceId, props.path));
  if (folders.isPending) return <RowsLoading rows={1} height={24} />;
  if (folders.data === undefined) return <ReasonCard error={folders.error} onRetry={() => void folders.refetch()} />;
  return (
    <ul>
      {folders.data.items.map(({ path, name }) => (
        <Branch key={path} {...props} path={path} name={name} />
      ))}
      {folders.data.more && <li className="quiet small">{t("files.moreFolders")}</li>}
    </ul>
  );
}
