import { useSize } from "../../storage/use-size.ts";
import "@xterm/xterm/css/xterm.css";
import { ActionIcon, Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { shownError } from "../../api/query-trouble.ts";
import { logAddress, logQuery } from "../../api/sessions.ts";
import { IconDownload, IconSearch, IconTextWrap } from "../../pieces/icons.ts";
import { Section } from "../../pieces/page.tsx";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { RowsLoading } from "../../pieces/rows-loading.tsx";
import { FindBar } from "../terminal/find-bar.tsx";
import type { Screen } from "../terminal/screen.ts";
import classes from "./log.module.css";
import { Output } from "./output.tsx";

/** What a session printed, as the terminal would show it; nothing can be typed. */
export default function SessionLog({ sessionId, live }: { sessionId: number; live: boolean }) {
  const { t } = useTranslation();
  const size = useSize();
  const log = useQuery({ ...logQuery(sessionId), refetchInterval: live ? 2_000 : false });
  const screen = useRef<Screen | null>(null);
  const [finding, setFinding] = useState(false);
  const [wraps, setWraps] = useState(true);
  const first = log.data?.parts[0];
  const tools = first && (
    <div className={classes.tools}>
      <ActionIcon
        aria-label={t("terminal.find")}
        title={t("terminal.find")}
        aria-expanded={finding}
        onClick={() => setFinding(!finding)}
      >
        <IconSearch size={18} />
      </ActionIcon>
      <ActionIcon
        aria-label={t("sessions.wrapLog")}
        title={t("sessions.wrapLog")}
        aria-pressed={wraps}
        variant={wraps ? "light" : "subtle"}
        onClick={() => setWraps(!wraps)}
      >
        <IconTextWrap size={18} />
      </ActionIcon>
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
    </div>
  );
  return (
    <Section title={t("sessions.log")} action={tools}>
      {log.isPending && <RowsLoading rows={1} height={320} />}
      {shownError(log) !== null && <ReasonCard error={log.error} onRetry={() => void log.refetch()} />}
      {log.data && !first && <p className="quiet">{t(live ? "sessions.logEmptyYet" : "sessions.logEmpty")}</p>}
      {first && first.at > 0 && <p className="quiet small">{t("sessions.logCut", { size: size(first.at) })}</p>}
      {finding && (
        <FindBar
          onFind={(text, way) => screen.current?.find(text, way) ?? false}
          onClose={() => {
            setFinding(false);
            screen.current?.terminal.focus();
          }}
        />
      )}
      {log.data && first && (
        <Output
          log={log.data}
          live={live}
          wraps={wraps}
          onScreen={(next) => {
            screen.current = next;
          }}
        />
      )}
    </Section>
  );
}
