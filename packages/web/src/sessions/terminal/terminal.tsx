import "@xterm/xterm/css/xterm.css";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { reachability } from "../../api/reachability.ts";
import { createReplay } from "./replay.ts";
import { openScreen, type Screen, type ScreenSize } from "./screen.ts";
import { shownBytes } from "./shown-bytes.ts";
import { inOrder } from "./size-marks.ts";
import classes from "./terminal.module.css";
import { isAnswer } from "./terminal-answers.ts";
import { bindKeys, type TerminalKeys } from "./terminal-keys.ts";
import { useTerminalScheme, useTerminalSettings } from "./terminal-settings.ts";
import { type ConnectionState, openTerminalSocket, type TerminalSocket } from "./terminal-socket.ts";

interface TerminalProps {
  readonly sessionId: number;
  /** Of somebody else: nothing can be typed, and the owner's window says how large it is. */
  readonly looksOnly?: boolean;
  /** Among several: not this one just now. It goes on all the same, and has the focus when it is in front again. */
  readonly behind?: boolean;
  readonly keys?: TerminalKeys | null;
  onScreen?(screen: Screen | null): void;
  onConnection?(state: ConnectionState): void;
}

/** The session's terminal: shared by all tabs that show it, left-to-right in every language. */
export default function TerminalView(props: TerminalProps) {
  const { sessionId, looksOnly = false, behind = false } = props;
  const { t } = useTranslation();
  const client = useQueryClient();
  const host = useRef<HTMLDivElement>(null);
  const shown = useRef<Screen | null>(null);
  const [{ state, reason }, setConnection] = useState({ state: "connecting" as ConnectionState, reason: "" });
  const scheme = useTerminalScheme();
  const { fontSize, screenReader } = useTerminalSettings();
  const dress = useEffectEvent(() => ({ fontSize, scheme, screenReader }));
  const onScreen = useEffectEvent((screen: Screen | null) => props.onScreen?.(screen));
  const onConnection = useEffectEvent((next: ConnectionState, why: string) => {
    setConnection({ state: next, reason: why });
    props.onConnection?.(next);
  });
  const onFind = useEffectEvent(() => props.keys?.onFind());
  const onStep = useEffectEvent((by: 1 | -1) => props.keys?.onStep(by));

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    let size = { cols: 80, rows: 24 };
    let socket: TerminalSocket | null = null;
    const decide = (room: ScreenSize) => {
      size = room;
      socket?.resize(room.cols, room.rows);
    };
    const screen = openScreen(element, dress(), looksOnly ? { disableStdin: true } : {}, looksOnly ? null : decide);
    const { terminal } = screen;
    const writer = inOrder(terminal);
    const replay = createReplay(writer, screen);
    // While old output is shown again, the terminal's own answers to queries in it must not be typed.
    let replaying = 0;
    let bytesShown = shownBytes(() => {});
    /** Another connection counts for itself: what the one before brought is none of its. */
    const countAnew = () => {
      const counted = shownBytes((bytes) => {
        if (counted === bytesShown) socket?.shown(bytes);
      });
      bytesShown = counted;
    };
    socket = openTerminalSocket(`/api/stoa/v1/sessions/${sessionId}/terminal`, size, {
      onState: onConnection,
      onFrame: (frame) => {
        if (frame.type === "hello") countAnew();
        if (frame.type === "hello" || frame.type === "resync") {
          replay.begin(frame, () => {
            terminal.reset();
            replaying = frame.replay;
          });
        }
        if (frame.type === "hello" || frame.type === "size") writer.whenShown(() => screen.grant(frame));
        if (frame.type === "exit") void client.invalidateQueries({ queryKey: ["sessions"] });
      },
      onBytes: (bytes) => {
        const counted = bytesShown;
        counted.arrived(bytes.length);
        replay.write(bytes, (length) => {
          replaying = Math.max(0, replaying - length);
          counted.shown(length);
        });
      },
    });
    terminal.onData((text) => {
      // Whoever types already is not to wait until old output is shown.
      if (!looksOnly && !(replaying > 0 && isAnswer(text))) socket?.send(text);
    });
    terminal.onBinary((text) => looksOnly || socket?.send(Uint8Array.from(text, (letter) => letter.charCodeAt(0))));
    bindKeys(terminal, { onFind, onStep });
    const stopWatching = reachability.subscribe(() => {
      if (!reachability.isDoubtful()) socket?.hurry();
    });
    shown.current = screen;
    onScreen(screen);
    return () => {
      shown.current = null;
      onScreen(null);
      stopWatching();
      socket?.close();
      screen.dispose();
    };
  }, [sessionId, looksOnly, client]);

  useEffect(() => {
    if (!behind) shown.current?.terminal.focus();
  }, [behind]);

  useEffect(() => shown.current?.dress({ fontSize, scheme, screenReader }), [fontSize, scheme, screenReader]);

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
        data-scheme={scheme}
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
      <p className={classes.hint}>{t(props.keys ? "terminal.keys" : "terminal.leave")}</p>
    </>
  );
}
