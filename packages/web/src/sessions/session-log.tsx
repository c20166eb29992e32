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
import { openScreen } from "./screen.ts";
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
      {log.data === "" && <p className="quiet">{t("sessions.logEmpty")}</p>}
      {log.data && <Output text={log.data} />}
    </Section>
  );
}

/** Pixels: the screen's font size and line height. */
const lineHeight = 17;

/** As high as what was printed, within reason. */
const linesOf = (text: string) => Math.min(40, Math.max(6, text.split("\n").length + 1));

function Output({ text }: { text: string }) {
  const { t } = useTranslation();
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const screen = openScreen(element, { disableStdin: true, convertEol: true, cursorInactiveStyle: "none" }, () => {});
    screen.terminal.write(text);
    element.querySelector("textarea")?.setAttribute("aria-label", t("sessions.log"));
    return screen.dispose;
  }, [text, t]);
  return (
    <div className={classes.log} dir="ltr" style={{ blockSize: `${linesOf(text) * lineHeight + 26}px` }}>
      <div ref={host} className={classes.terminal} />
    </div>
  );
}
