import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { shownError } from "../api/query-trouble.ts";
import { restoreFromTrash, trashQuery } from "../api/trash.ts";
import type { TrashEntry } from "../api/types.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { Empty } from "../pieces/empty.tsx";
import { IconTrash } from "../pieces/icons.ts";
import { Page } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import rows from "../pieces/rows.module.css";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { When } from "../pieces/when.tsx";

export function TrashPage() {
  const { t } = useTranslation();
  const trash = useQuery(trashQuery);
  return (
    <Page title={t("trash.title")} above={<Link to="/workspaces">{t("workspaces.title")}</Link>}>
      {trash.isPending && <RowsLoading />}
      {shownError(trash) !== null && <ReasonCard error={trash.error} onRetry={() => void trash.refetch()} />}
      {trash.data && trash.data.items.length === 0 && <Empty title={t("trash.empty")} text={t("trash.emptyText")} />}
      <ul className={rows.rows}>
        {trash.data?.items.map((entry) => (
          <TrashRow key={entry.id} entry={entry} />
        ))}
      </ul>
    </Page>
  );
}

function TrashRow({ entry }: { entry: TrashEntry }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const client = useQueryClient();
  const name = entry.kind === "workspace" ? entry.workspace.name : entry.path;
  const restore = useMutation({
    mutationFn: () => restoreFromTrash(entry.id),
    onSuccess: () =>
      Promise.all(["trash", "files", "workspaces"].map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
  return (
    <li className={rows.row}>
      <IconTrash size={20} stroke={1.75} aria-hidden="true" className={rows.icon} />
      <div className={rows.main}>
        <span className="clip" dir="auto">
          {name}
        </span>
        <span className={rows.under}>
          {entry.kind !== "workspace" && (
            <>
              <bdi>{entry.workspace.name}</bdi>
              {" · "}
            </>
          )}
          {t("trash.deleted")} <When at={entry.deleted_at} />
          {` · ${t("trash.until")} ${format.date(entry.expires_at)}`}
        </span>
        {restore.isError && <ReasonCard error={restore.error} />}
      </div>
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
      </div>
    </li>
  );
}
