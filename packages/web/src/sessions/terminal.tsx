import "@xterm/xterm/css/xterm.css";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { reachability } from "../api/reachability.ts";
import { openScreen, type ScreenSize } from "./screen.ts";
import classes from "./session-page.module.css";
import { isAnswer } from "./terminal-answers.ts";
import { bindKeys } from "./terminal-keys.ts";
import { type ConnectionState, openTerminalSocket, type TerminalSocket } from "./terminal-socket.ts";

interface TerminalProps {
  readonly sessionId: number;
  /** Of somebody else: nothing can be typed, and the owner's window says how large it is. */
  readonly looksOnly?: boolean;
}

/** The session's terminal: shared by all tabs that show it, left-to-right in every language. */
export default function TerminalView({ sessionId, looksOnly = false }: TerminalProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const host = useRef<HTMLDivElement>(null);
  const [{ state, reason }, setConnection] = useState({ state: "connecting" as ConnectionState, reason: "" });

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    let size = { cols: 80, rows: 24 };
    let socket: TerminalSocket | null = null;
    const decide = (room: ScreenSize) => {
      size = room;
      socket?.resize(room.cols, room.rows);
    };
    const screen = openScreen(element, looksOnly ? { disableStdin: true } : {}, looksOnly ? null : decide);
    const { terminal } = screen;
    // While old output is shown again, the terminal's own answers to queries in it must not be typed.
    let replaying = 0;
    socket = openTerminalSocket(`/api/stoa/v1/sessions/${sessionId}/terminal`, size, {
      onState: (next, why) => setConnection({ state: next, reason: why }),
      onFrame: (frame) => {
        if (frame.type === "hello" || frame.type === "resync") {
          terminal.reset();
          replaying = frame.replay;
        }
        if (frame.type === "hello" || frame.type === "size") screen.grant(frame);
        if (frame.type === "exit") void client.invalidateQueries({ queryKey: ["sessions"] });
      },
      onBytes: (bytes) => {
        terminal.write(bytes, () => {
          replaying = Math.max(0, replaying - bytes.length);
          socket?.shown(bytes.length);
        });
      },
    });
    terminal.onData((text) => {
      // Whoever types already is not to wait until old output is shown.
      if (!looksOnly && !(replaying > 0 && isAnswer(text))) socket?.send(text);
    });
    terminal.onBinary((text) => looksOnly || socket?.send(Uint8Array.from(text, (letter) => letter.charCodeAt(0))));
    bindKeys(terminal);
    terminal.focus();
    const stopWatching = reachability.subscribe(() => {
      if (!reachability.isDoubtful()) socket?.hurry();
    });
    return () => {
      stopWatching();
      socket?.close();
      screen.dispose();
    };
  }, [sessionId, looksOnly, client]);

  useEffect(() => {
    host.current
      ?.querySelector("textarea")
      ?.setAttribute("aria-label", t(looksOnly ? "terminal.label" : "terminal.input"));
  }, [t, looksOnly]);

  return (
    <>
      <section
        className={classes.screen}
        aria-label={t("terminal.label")}
        data-connection={state}
        data-looks-only={looksOnly || undefined}
        dir="ltr"
      >
        {state !== "open" && (
          <div className={classes.notice} role="status">
            <span dir="auto">{t(`terminal.${state}`, { reason })}</span>
          </div>
        )}
        <div ref={host} className={classes.terminal} />
      </section>
      <p className={classes.hint}>{t("terminal.leave")}</p>
    </>
  );
}
