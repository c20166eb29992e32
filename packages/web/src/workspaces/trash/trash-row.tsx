import { ActionIcon, Button, Checkbox } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { TrashEntry } from "../../api/types.ts";
import { useLocale } from "../../locales/use-locale.tsx";
import { useNow } from "../../pieces/clock.ts";
import { IconApps, IconFile, IconFolder, IconLink, IconTrashX } from "../../pieces/icons.ts";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import rows from "../../pieces/rows.module.css";
import { When } from "../../pieces/when.tsx";
import { useSize } from "../../storage/use-size.ts";
import { entryName } from "./entry-name.ts";
import classes from "./trash.module.css";
import { useRestore } from "./use-restore.tsx";

const icons = { file: IconFile, folder: IconFolder, symlink: IconLink, other: IconFile, workspace: IconApps } as const;

/** From here on it is said in how many days it ends. */
const soonMs = 3 * 86_400_000;

interface TrashRowProps {
  readonly entry: TrashEntry;
  readonly chosen: boolean;
  onChoose(): void;
  onErase(): void;
}

/** One deleted thing, where it was, and until when it can come back. */
export function TrashRow({ entry, chosen, onChoose, onErase }: TrashRowProps) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const size = useSize();
  const now = useNow();
  const name = entryName(entry);
  const Icon = icons[entry.kind];
  const kind = entry.kind === "workspace" ? t("subjects.workspace") : t(`files.${entry.kind}`);
  const { restore, question } = useRestore();
  const soon = new Date(entry.expires_at).getTime() - now < soonMs;
  const erase = t("trash.erase", { name });
  return (
    <div className={`${rows.row} ${classes.row}`} data-chosen={chosen || undefined}>
      <Checkbox size="xs" checked={chosen} aria-label={t("files.choose", { name })} onChange={onChoose} />
      <Icon size={20} stroke={1.75} role="img" aria-label={kind} className={rows.icon} />
      <div className={rows.main}>
        <span className="clip" dir="auto">
          {name}
        </span>
        <span className={classes.under}>
          {entry.kind !== "workspace" && (
            <>
              <bdi>{entry.workspace.name}</bdi>
              {" · "}
            </>
          )}
          <span className={classes.past}>
            {t("trash.deleted")} <When at={entry.deleted_at} />
            {" · "}
          </span>
          <span className={soon ? "warned" : undefined}>
            {soon
              ? t("trash.endsSoon", { when: format.relative(entry.expires_at, now) })
              : `${t("trash.until")} ${format.date(entry.expires_at)}`}
          </span>
        </span>
        {restore.isError && <ReasonCard error={restore.error} />}
        {question}
      </div>
      <div className={`${rows.end} ${classes.end}`}>
        <span className={`${rows.size} tabular`}>{entry.size !== null && size(entry.size)}</span>
        <Button
          variant="default"
          size="xs"
          aria-label={t("trash.restore", { name })}
          loading={restore.isPending}
          onClick={() => restore.mutate([entry])}
        >
          {t("trash.restoreShort")}
        </Button>
        <ActionIcon color="bad" aria-label={erase} title={erase} onClick={onErase}>
          <IconTrashX size={18} stroke={1.75} />
        </ActionIcon>
      </div>
    </div>
  );
}
