import { ActionIcon, Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { type DeletedStorage, deleteStorage, restoreStorage } from "../../api/storage.ts";
import { useLocale } from "../../locales/use-locale.tsx";
import { useNow } from "../../pieces/clock.ts";
import { IconTrashX, IconUser, IconUsersGroup } from "../../pieces/icons.ts";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import rows from "../../pieces/rows.module.css";
import { useUndo } from "../../pieces/undo.tsx";
import { When } from "../../pieces/when.tsx";
import { useSize } from "../use-size.ts";
import { ServerSaid } from "./server-said.tsx";
import classes from "./subjects.module.css";

const DAY = 86_400_000;
/** From here on its end is said as a warning. */
const soonDays = 3;

/** One deleted storage, by whom and when, and how long it can still come back. */
export function DeletedRow({ entry, onPurge }: { entry: DeletedStorage; onPurge(): void }) {
  const { t } = useTranslation();
  const size = useSize();
  const { kind, name, used, state } = entry;
  const Icon = kind === "user" ? IconUser : IconUsersGroup;
  const restore = useRestore(entry);
  const purge = t("trash.erase", { name });
  return (
    <div className={`${rows.row} ${classes.deleted}`}>
      <Icon
        size={20}
        stroke={1.75}
        role="img"
        aria-label={t(`adminStorage.one_${kind}`)}
        className={`${rows.icon} ${classes.icon}`}
      />
      <div className={rows.main}>
        <span className="clip">
          <bdi>{name}</bdi>
        </span>
        <span className={`${rows.under} ${rows.parts}`}>
          <span>{size(used)}</span>
          <span>
            {t("trash.deleted")} <When at={entry.deleted_at} />
          </span>
          {entry.deleted_by !== null && <span>{t("operations.by", { actor: entry.deleted_by })}</span>}
          <End entry={entry} />
        </span>
        {entry.problem !== null && (
          <div className="warned small">
            <ServerSaid of={entry} />
          </div>
        )}
        {restore.isError && <ReasonCard error={restore.error} />}
      </div>
      {state !== "purging" && (
        <div className={rows.end}>
          <Button
            variant="default"
            size="xs"
            aria-label={t("trash.restore", { name })}
            loading={restore.isPending}
            onClick={() => restore.mutate()}
          >
            {t("trash.restoreShort")}
          </Button>
          <ActionIcon color="bad" aria-label={purge} title={purge} onClick={onPurge}>
            <IconTrashX size={18} stroke={1.75} />
          </ActionIcon>
        </div>
      )}
    </div>
  );
}

function End({ entry: { ends_at: endsAt, state } }: { entry: DeletedStorage }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const now = useNow();
  if (state === "purging" || endsAt === null) return <span>{t("adminStorage.purging")}</span>;
  const days = Math.ceil((new Date(endsAt).getTime() - now) / DAY);
  return (
    <span className={days <= soonDays ? "warned" : undefined} title={format.dateTime(endsAt)}>
      {state === "moving" ? t("adminStorage.moving") : t("adminStorage.daysLeft", { count: Math.max(0, days) })}
    </span>
  );
}

function useRestore({ id, name }: DeletedStorage) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const offerUndo = useUndo();
  const refresh = () => client.invalidateQueries({ queryKey: ["storage"] });
  return useMutation({
    mutationFn: () => restoreStorage(id),
    onSuccess: () => {
      offerUndo({
        text: t("trash.isBack", { name }),
        link: (
          <Link to="/admin/storage/$subjectId" params={{ subjectId: String(id) }}>
            {t("trash.goThere")}
          </Link>
        ),
        undo: () => deleteStorage(id).then(refresh),
      });
    },
    onSettled: refresh,
  });
}
