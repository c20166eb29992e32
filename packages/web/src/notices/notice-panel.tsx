import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { latestNoticesQuery } from "../api/notices.ts";
import { shownError } from "../api/query-trouble.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { NoticeRow } from "./notice-row.tsx";
import classes from "./notices.module.css";
import { useMarkRead } from "./use-mark-read.ts";

/** What the bell opens: the newest few notices, and the way to all. */
export function NoticePanel({ unread, onClose }: { unread: number; onClose(): void }) {
  const { t } = useTranslation();
  const title = useRef<HTMLHeadingElement>(null);
  const latest = useQuery(latestNoticesQuery);
  const mark = useMarkRead();
  useEffect(() => title.current?.focus(), []);
  return (
    <>
      <div className={classes.panelTop}>
        <h2 ref={title} tabIndex={-1}>
          {t("notices.title")}
        </h2>
        {unread > 0 && (
          <Button
            size="compact-sm"
            variant="subtle"
            loading={mark.isPending}
            onClick={() => {
              title.current?.focus();
              mark.mutate({ all: true });
            }}
          >
            {t("notices.readAll")}
          </Button>
        )}
      </div>
      {latest.isPending && <RowsLoading rows={3} />}
      {shownError(latest) !== null && <ReasonCard error={latest.error} onRetry={() => void latest.refetch()} />}
      {mark.isError && <ReasonCard error={mark.error} />}
      {latest.data?.items.length === 0 && <p className="quiet">{t("notices.emptyText")}</p>}
      <ul className={classes.list} aria-label={t("notices.title")}>
        {latest.data?.items.map((notice) => (
          <li key={notice.id}>
            <NoticeRow notice={notice} onRead={({ id }) => mark.mutate({ ids: [id] })} onFollow={onClose} />
          </li>
        ))}
      </ul>
      <div className={classes.panelEnd}>
        <Link to="/notices" onClick={onClose}>
          {t("notices.all")}
        </Link>
      </div>
    </>
  );
}
