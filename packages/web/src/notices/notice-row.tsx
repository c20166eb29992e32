import { ActionIcon } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Notice } from "../api/notices.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { IconCheck } from "../pieces/icons.ts";
import { When } from "../pieces/when.tsx";
import { iconOf } from "./kinds.ts";
import { noticeText } from "./notice-text.ts";
import classes from "./notices.module.css";

interface NoticeRowProps {
  readonly notice: Notice;
  /** The thing is looked at, or the notice put aside. */
  onRead(notice: Notice): void;
  /** After the link was followed. */
  onFollow?(): void;
}

/** One notice: a sentence that leads to the thing, when, and whether it was read. */
export function NoticeRow({ notice, onRead, onFollow }: NoticeRowProps) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const Icon = iconOf(notice.kind);
  const { reason } = notice.values;
  const isUnread = notice.read_at === null;
  const follow = () => {
    if (isUnread) onRead(notice);
    onFollow?.();
  };
  return (
    <div className={classes.row} data-unread={isUnread || undefined}>
      <Icon className={classes.icon} size={18} stroke={1.75} aria-hidden="true" />
      <div className={classes.main}>
        <Link {...target(notice.link)} className={classes.link} onClick={follow}>
          {isUnread && <span className="visually-hidden">{t("notices.unread")}: </span>}
          {noticeText(t, format, notice)}
        </Link>
        {typeof reason === "string" && reason !== "" && (
          <q className={classes.reason} dir="auto">
            {reason}
          </q>
        )}
        <span className={classes.when}>
          <When at={notice.created_at} />
        </span>
      </div>
      {isUnread && (
        <ActionIcon className={classes.read} aria-label={t("notices.readOne")} onClick={() => onRead(notice)}>
          <IconCheck size={18} stroke={1.75} />
        </ActionIcon>
      )}
    </div>
  );
}

/** The server names the page by its address; the router wants path and search apart. */
function target(link: string) {
  const { pathname, searchParams } = new URL(link, window.location.origin);
  return { to: pathname as "/", search: Object.fromEntries(searchParams) as Record<string, never> };
}
