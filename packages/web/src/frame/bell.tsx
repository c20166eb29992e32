import { useQuery } from "@tanstack/react-query";
import { type FocusEvent, type KeyboardEvent, lazy, Suspense, useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { unreadNoticesQuery } from "../api/notices.ts";
import { allWords } from "../locales/i18n.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { IconButton } from "../pieces/icon-button.tsx";
import { IconBell } from "../pieces/icons.ts";
import classes from "./bell.module.css";

const NoticePanel = lazy(async () => {
  const [module] = await Promise.all([import("../notices/notice-panel.tsx"), allWords()]);
  return { default: module.NoticePanel };
});

const mostShown = 99;

/** How many notices are unread; opens the newest, and closes when the focus goes elsewhere or by Escape. */
export function Bell() {
  const { t } = useTranslation();
  const { format } = useLocale();
  const { data } = useQuery(unreadNoticesQuery);
  const [isOpen, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const panelId = useId();
  const unread = data?.unread ?? 0;
  const isNew = useGrowth(data?.unread);
  const shown = unread > mostShown ? `${format.number(mostShown)}+` : format.number(unread);
  const close = () => setOpen(false);
  const onBlur = (event: FocusEvent) => {
    if (!box.current?.contains(event.relatedTarget)) close();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !isOpen) return;
    event.stopPropagation();
    close();
    button.current?.focus();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only hears what its button and its list let through
    <div ref={box} className={classes.bell} onBlur={onBlur} onKeyDown={onKeyDown}>
      <IconButton
        ref={button}
        className={classes.button}
        aria-label={unread > 0 ? t("frame.noticesUnread", { count: unread, shown }) : t("frame.notices")}
        aria-expanded={isOpen}
        aria-controls={isOpen ? panelId : undefined}
        onClick={() => setOpen(!isOpen)}
      >
        <IconBell size={20} stroke={1.75} aria-hidden="true" />
        {unread > 0 && (
          <span className={classes.count} aria-hidden="true">
            {shown}
          </span>
        )}
      </IconButton>
      <span role="status" className="visually-hidden">
        {isNew && t("frame.noticeNew", { count: unread })}
      </span>
      {isOpen && (
        <section id={panelId} className={classes.panel} aria-label={t("frame.notices")} tabIndex={-1}>
          <Suspense fallback={<p className="quiet">{t("common.loading")}</p>}>
            <NoticePanel unread={unread} onClose={close} />
          </Suspense>
        </section>
      )}
    </div>
  );
}

/** Whether the number has grown since it was first known: what is told to who can't see the bell. */
function useGrowth(count: number | undefined): boolean {
  const last = useRef<number | undefined>(undefined);
  const [grown, setGrown] = useState(false);
  useEffect(() => {
    if (count === undefined) return;
    setGrown(last.current !== undefined && count > last.current);
    last.current = count;
  }, [count]);
  return grown;
}
