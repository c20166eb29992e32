import { type KeyboardEvent, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Session } from "../../api/types.ts";
import { useLocale } from "../../locales/use-locale.tsx";
import { IconTerminal2 } from "../../pieces/icons.ts";
import { useTabNames } from "./tab-names.ts";
import classes from "./terminal.module.css";
import type { ConnectionState } from "./terminal-socket.ts";

interface TabStripProps {
  readonly tabs: readonly Session[];
  readonly active: number;
  readonly connections: ReadonlyMap<number, ConnectionState>;
  onOpen(session: Session): void;
  onRename(session: Session): void;
}

export const tabId = (sessionId: number) => `terminal-tab-${sessionId}`;
export const panelId = (sessionId: number) => `terminal-panel-${sessionId}`;

/** The terminals of a workspace side by side. Arrow keys lead along them, Enter opens one, F2 names it. */
export function TabStrip({ tabs, active, connections, onOpen, onRename }: TabStripProps) {
  const { t } = useTranslation();
  const nameOf = useTabName();
  const strip = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent<HTMLButtonElement>, session: Session) => {
    const at = tabs.indexOf(session);
    const forward = document.dir === "rtl" ? -1 : 1;
    const to = { ArrowRight: at + forward, ArrowLeft: at - forward, Home: 0, End: tabs.length - 1 }[event.key];
    if (event.key === "F2") onRename(session);
    else if (to === undefined) return;
    else strip.current?.querySelectorAll<HTMLElement>("[role=tab]")[(to + tabs.length) % tabs.length]?.focus();
    event.preventDefault();
  };
  return (
    <div ref={strip} role="tablist" aria-label={t("terminal.tabs")} className={classes.tabs}>
      {tabs.map((session) => {
        const connection = connections.get(session.id);
        const waits = connection === "connecting" || connection === "reconnecting";
        return (
          <button
            key={session.id}
            type="button"
            role="tab"
            id={tabId(session.id)}
            aria-selected={session.id === active}
            aria-controls={panelId(session.id)}
            tabIndex={session.id === active ? 0 : -1}
            className={classes.tab}
            title={t("terminal.tabHelp")}
            onClick={() => onOpen(session)}
            onDoubleClick={() => onRename(session)}
            onKeyDown={(event) => onKeyDown(event, session)}
          >
            {waits ? (
              <span className={classes.spinner} aria-hidden="true" />
            ) : (
              <IconTerminal2 size={16} aria-hidden="true" />
            )}
            <bdi>{nameOf(session)}</bdi>
            {waits && <span className="visually-hidden">{t(`terminal.${connection}`)}</span>}
          </button>
        );
      })}
    </div>
  );
}

/** What somebody called it, else its number. */
export function useTabName(): (session: Session) => string {
  const { t } = useTranslation();
  const { format } = useLocale();
  const names = useTabNames();
  return ({ id }) => names[id] ?? t("terminal.tab", { id: format.id(id) });
}
