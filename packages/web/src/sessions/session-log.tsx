import "@xterm/xterm/css/xterm.css";
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { shownError } from "../api/query-trouble.ts";
import { logAddress, logQuery } from "../api/sessions.ts";
import { IconDownload } from "../pieces/icons.ts";
import { Section } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { openScreen, type Screen } from "./screen.ts";
import classes from "./session-page.module.css";

/** What a session printed, as the terminal would show it; nothing can be typed. */
export default function SessionLog({ sessionId, live }: { sessionId: number; live: boolean }) {
  const { t } = useTranslation();
  const log = useQuery({ ...logQuery(sessionId), refetchInterval: live ? 3_000 : false });
  const download = (
    <Button
      component="a"
      href={logAddress(sessionId)}
      download={`session-${sessionId}.log`}
      variant="subtle"
      size="compact-sm"
      leftSection={<IconDownload size={16} aria-hidden="true" />}
    >
      {t("sessions.downloadLog")}
    </Button>
  );
  return (
    <Section title={t("sessions.log")} action={log.data ? download : undefined}>
      {log.isPending && <RowsLoading rows={1} height={320} />}
      {shownError(log) !== null && <ReasonCard error={log.error} onRetry={() => void log.refetch()} />}
      {log.data === "" && <p className="quiet">{t(live ? "sessions.logEmptyYet" : "sessions.logEmpty")}</p>}
      {log.data && <Output text={log.data} live={live} />}
    </Section>
  );
}

/** Pixels: the screen's font size and line height. */
const lineHeight = 17;

/** As high as what was printed, within reason; where more comes, of one height from the beginning. */
const linesOf = (text: string, live: boolean) => (live ? 14 : Math.min(40, Math.max(6, text.split("\n").length + 1)));

function Output({ text, live }: { text: string; live: boolean }) {
  const { t } = useTranslation();
  const host = useRef<HTMLDivElement>(null);
  const shown = useRef<{ readonly screen: Screen; text: string } | null>(null);
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const screen = openScreen(
      element,
      { disableStdin: true, convertEol: true, cursorInactiveStyle: "none", screenReaderMode: true },
      () => {},
    );
    shown.current = { screen, text: "" };
    return () => {
      shown.current = null;
      screen.dispose();
    };
  }, []);
  useEffect(() => {
    host.current?.querySelector("textarea")?.setAttribute("aria-label", t("sessions.log"));
  }, [t]);
  useEffect(() => {
    const now = shown.current;
    if (now === null) return;
    // Only what is new, so that whoever reads further up stays there.
    if (!text.startsWith(now.text)) {
      now.screen.terminal.reset();
      now.text = "";
    }
    now.screen.terminal.write(text.slice(now.text.length));
    now.text = text;
  }, [text]);
  return (
    <div className={classes.log} dir="ltr" style={{ blockSize: `${linesOf(text, live) * lineHeight + 26}px` }}>
      <div ref={host} className={classes.terminal} />
    </div>
  );
}
