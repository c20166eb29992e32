import { ActionIcon, Checkbox } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { LargeThing } from "../../api/storage-rescue.ts";
import { IconApps, IconDownload, IconFile, IconFolder, IconTrashX } from "../../pieces/icons.ts";
import rows from "../../pieces/rows.module.css";
import { useSize } from "../use-size.ts";
import { folderOf, keyOf, nameOf } from "./large-things.ts";
import classes from "./largest.module.css";

const icons = { file: IconFile, folder: IconFolder, workspace: IconApps } as const;

interface LargestRowProps {
  readonly thing: LargeThing;
  /** Bytes of the largest: its bar is the longest. */
  readonly most: number;
  readonly isChosen: boolean;
  readonly busy: boolean;
  onChoose(key: string, isChosen: boolean): void;
  onErase(thing: LargeThing): void;
}

/** One large thing: how much as a bar, where it lies, and its ends. */
export function LargestRow({ thing, most, isChosen, busy, onChoose, onErase }: LargestRowProps) {
  const { t } = useTranslation();
  const size = useSize();
  const name = nameOf(thing);
  const Icon = icons[thing.kind];
  const erase = t("trash.erase", { name });
  const download = t("storage.downloadIt", { name });
  const isStuck = !thing.openable && thing.trash_entry === null;
  return (
    <li className={rows.row} data-chosen={isChosen || undefined}>
      <Checkbox
        size="xs"
        checked={isChosen}
        disabled={busy || isStuck}
        aria-label={t("files.choose", { name })}
        onChange={(event) => onChoose(keyOf(thing), event.currentTarget.checked)}
      />
      <Icon
        size={20}
        stroke={1.75}
        role="img"
        aria-label={thing.kind === "workspace" ? t("subjects.workspace") : t(`files.${thing.kind}`)}
        className={rows.icon}
      />
      <div className={rows.main}>
        <span className={classes.top}>
          <span className={`${classes.name} clip`} dir="auto" title={name}>
            {name}
          </span>
          <span className={`${classes.size} tabular`}>{size(thing.bytes)}</span>
        </span>
        <span className={classes.track} aria-hidden="true">
          <span className={classes.fill} style={{ inlineSize: `${most > 0 ? (100 * thing.bytes) / most : 0}%` }} />
        </span>
        <Place thing={thing} />
        {isStuck && <span className="quiet small">{t("storage.noPath")}</span>}
      </div>
      <div className={classes.verbs}>
        {thing.download !== null && (
          <ActionIcon component="a" href={thing.download} download aria-label={download} title={download}>
            <IconDownload size={18} stroke={1.75} />
          </ActionIcon>
        )}
        <ActionIcon
          color="bad"
          disabled={busy || isStuck}
          aria-label={erase}
          title={erase}
          onClick={() => onErase(thing)}
        >
          <IconTrashX size={18} stroke={1.75} />
        </ActionIcon>
      </div>
    </li>
  );
}

/** The workspace, the folder in it, and whether it is in the trash. */
function Place({ thing }: { thing: LargeThing }) {
  const { workspace, trash_entry: entry } = thing;
  const folder = folderOf(thing);
  return (
    <span className={`${rows.under} ${rows.parts}`}>
      <Lies thing={thing} folder={folder} />
      {entry !== null && thing.kind !== "workspace" && (
        <span>
          <bdi>{workspace?.name}</bdi>
        </span>
      )}
      {folder !== "" && (
        <span title={folder}>
          <bdi>{folder}</bdi>
        </span>
      )}
    </span>
  );
}

/** A way there, for what the portal has pages of. */
function Lies({ thing, folder }: { thing: LargeThing; folder: string }) {
  const { t } = useTranslation();
  const { workspace, trash_entry: entry } = thing;
  if (workspace === null) return <span>{t("storage.outside")}</span>;
  if (entry !== null) {
    return (
      <Link to="/trash" search={{ workspace: workspace.id }}>
        {t("storage.inTheTrash")}
      </Link>
    );
  }
  return (
    <Link
      to="/workspaces/$workspaceId"
      params={{ workspaceId: String(workspace.id) }}
      search={folder === "" || !thing.openable ? {} : { path: folder }}
    >
      <bdi>{workspace.name}</bdi>
    </Link>
  );
}
