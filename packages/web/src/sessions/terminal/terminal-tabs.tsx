import { ActionIcon } from "@mantine/core";
import { type ReactNode, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { isLive } from "../../api/sessions.ts";
import type { Session } from "../../api/types.ts";
import { Confirm } from "../../pieces/confirm.tsx";
import { IconPlus, IconSearch } from "../../pieces/icons.ts";
import { may } from "../../pieces/may.ts";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { FindBar } from "./find-bar.tsx";
import { RenameTab } from "./rename-tab.tsx";
import type { Screen } from "./screen.ts";
import { panelId, TabStrip, tabId } from "./tab-strip.tsx";
import classes from "./terminal.module.css";
import TerminalView from "./terminal.tsx";
import { TerminalMenu } from "./terminal-menu.tsx";
import type { ConnectionState } from "./terminal-socket.ts";
import { useTerminalTabs } from "./use-terminal-tabs.ts";

interface TerminalTabsProps {
  /** The one in front: the page is about it. */
  readonly session: Session;
  /** What stands in a terminal's place: it is being prepared, or has ended. Null: its terminal. */
  instead(session: Session): ReactNode | null;
}

/**
 * The terminals of a workspace on one page. Each that was in front once stays as it is behind the others, its output
 * and its place in it too; which is in front stands in the address.
 */
export default function TerminalTabs({ session, instead }: TerminalTabsProps) {
  const { t } = useTranslation();
  const { tabs, open, more, end } = useTerminalTabs(session);
  const screens = useRef(new Map<number, Screen>());
  const [connections, setConnections] = useState<ReadonlyMap<number, ConnectionState>>(new Map());
  const [seen, setSeen] = useState<ReadonlySet<number>>(new Set());
  const [finding, setFinding] = useState(false);
  const [renaming, setRenaming] = useState<Session | null>(null);
  const [closing, setClosing] = useState<Session | null>(null);
  if (!seen.has(session.id)) setSeen(new Set([...seen, session.id]));

  const inFront = () => screens.current.get(session.id) ?? null;
  const step = (by: 1 | -1) => {
    const at = tabs.findIndex(({ id }) => id === session.id);
    const next = tabs[(at + by + tabs.length) % tabs.length];
    if (next && next.id !== session.id) void open(next);
  };
  const keys = { onFind: () => setFinding(true), onStep: step };
  const only = instead(session);
  if (tabs.length === 1 && only !== null && !isLive(session)) return only;

  return (
    <div className={classes.terminals}>
      <div className={classes.bar}>
        <TabStrip
          tabs={tabs}
          active={session.id}
          connections={connections}
          onOpen={(one) => void open(one).then(() => inFront()?.terminal.focus())}
          onRename={setRenaming}
        />
        <ActionIcon
          aria-label={t("terminal.more")}
          title={t("terminal.more")}
          loading={more.isPending}
          onClick={() => more.mutate()}
        >
          <IconPlus size={18} />
        </ActionIcon>
        <span className={classes.atEnd} />
        <ActionIcon
          aria-label={t("terminal.find")}
          title={t("terminal.find")}
          aria-expanded={finding}
          onClick={() => setFinding(!finding)}
        >
          <IconSearch size={18} />
        </ActionIcon>
        <TerminalMenu
          screenOf={inFront}
          onRename={() => setRenaming(session)}
          onClose={may("session.stop", session.status) ? () => setClosing(session) : undefined}
        />
      </div>
      {finding && (
        <FindBar
          onFind={(text, way) => inFront()?.find(text, way) ?? false}
          onClose={() => {
            setFinding(false);
            inFront()?.terminal.focus();
          }}
        />
      )}
      {more.isError && <ReasonCard title={t("quickStart.failed")} error={more.error} />}
      {tabs.map((one) => (
        <div
          key={one.id}
          role="tabpanel"
          id={panelId(one.id)}
          aria-labelledby={tabId(one.id)}
          hidden={one.id !== session.id}
        >
          {seen.has(one.id) &&
            (instead(one) ?? (
              <TerminalView
                sessionId={one.id}
                behind={one.id !== session.id}
                keys={keys}
                onScreen={(screen) =>
                  screen === null ? screens.current.delete(one.id) : screens.current.set(one.id, screen)
                }
                onConnection={(state) => setConnections((all) => new Map(all).set(one.id, state))}
              />
            ))}
        </div>
      ))}
      {renaming && (
        <RenameTab
          session={renaming}
          onClose={() => {
            setRenaming(null);
          }}
        />
      )}
      <Confirm
        opened={closing !== null}
        danger
        title={t("terminal.closeTitle")}
        text={t("sessions.stopText")}
        action={t("terminal.close")}
        pending={end.isPending}
        error={end.error}
        onConfirm={() => closing && end.mutate(closing, { onSuccess: () => setClosing(null) })}
        onClose={() => setClosing(null)}
      />
    </div>
  );
}
