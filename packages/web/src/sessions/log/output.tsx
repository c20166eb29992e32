import { Button } from "@mantine/core";
import type { Terminal } from "@xterm/xterm";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { SessionLog } from "../../api/sessions.ts";
import { IconArrowDown } from "../../pieces/icons.ts";
import { firstSize } from "../terminal/replay.ts";
import { openScreen, type Screen } from "../terminal/screen.ts";
import { inOrder, sizedParts } from "../terminal/size-marks.ts";
import { bindKeys } from "../terminal/terminal-keys.ts";
import { useTerminalScheme, useTerminalSettings } from "../terminal/terminal-settings.ts";
import classes from "./log.module.css";

interface OutputProps {
  readonly log: SessionLog;
  readonly live: boolean;
  /** Long lines go on in the next one; else one scrolls sideways. */
  readonly wraps: boolean;
  onScreen(screen: Screen | null): void;
}

/** Columns of a screen whose lines don't wrap: what is longer still does. */
const wide = 1_000;
/** Of a line's height and the font's size, until a line is drawn. */
const usualHeight = 1.6;
/** Pixels around the lines: padding and border, and a little for what is rounded. */
const around = 28;

/** As high as what was printed, within reason; where more comes, of one height from the beginning. */
function linesOf({ parts }: SessionLog, live: boolean, drawn: number): number {
  if (live || parts.length > 1) return 18;
  return Math.min(36, Math.max(6, (parts[0]?.text.split("\n").length ?? 0) + 1, drawn + 1));
}

/** Down to where the program would go on. */
const linesIn = ({ buffer: { active } }: Terminal): number => active.baseY + active.cursorY + 1;

interface Shown {
  readonly screen: Screen;
  readonly writer: ReturnType<typeof inOrder>;
  until: number;
}

/** As the terminal was while it was printed, then as wide as there is room for. */
function writeAtItsSizes({ screen, writer }: Shown, text: string, fromStart: boolean): void {
  const parts = sizedParts(text);
  const sized = parts.some((part) => "size" in part);
  if (sized && fromStart) writer.whenShown(() => screen.hold(firstSize));
  for (const part of parts) {
    if ("size" in part) writer.whenShown(() => screen.hold(part.size));
    else writer.write(part.data);
  }
  if (sized) writer.whenShown(() => screen.hold(null));
}

/** The lines that were printed, drawn as far as they are in view; it stays at the newest while one is there. */
export function Output({ log, live, wraps, onScreen }: OutputProps) {
  const { t } = useTranslation();
  const host = useRef<HTMLDivElement>(null);
  const shown = useRef<Shown | null>(null);
  const [atNewest, setAtNewest] = useState(true);
  // A long line takes several, and is known to only once it is drawn.
  const [drawnLines, setDrawnLines] = useState(0);
  const [linePixels, setLinePixels] = useState<number | null>(null);
  const scheme = useTerminalScheme();
  const { fontSize } = useTerminalSettings();
  const dress = useEffectEvent(() => ({ fontSize, scheme, screenReader: true }));
  const tell = useEffectEvent(onScreen);
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const options = { disableStdin: true, convertEol: true, cursorInactiveStyle: "none" } as const;
    const screen = openScreen(element, dress(), options, () => {});
    const { terminal } = screen;
    bindKeys(terminal, null);
    const writer = inOrder(terminal);
    const drawn = terminal.onRender(() => {
      setAtNewest(terminal.buffer.active.viewportY >= terminal.buffer.active.baseY);
      setLinePixels(screen.linePixels());
    });
    // Another width breaks long lines elsewhere. Not from within the resizing: what waits may write, or resize again.
    const resized = terminal.onResize(() =>
      queueMicrotask(() => writer.whenShown(() => setDrawnLines(linesIn(terminal)))),
    );
    shown.current = { screen, writer, until: -1 };
    tell(screen);
    return () => {
      shown.current = null;
      tell(null);
      drawn.dispose();
      resized.dispose();
      screen.dispose();
    };
  }, []);
  useEffect(() => {
    host.current?.querySelector("textarea")?.setAttribute("aria-label", t("sessions.log"));
  }, [t]);
  useEffect(() => shown.current?.screen.dress({ fontSize, scheme, screenReader: true }), [fontSize, scheme]);
  useEffect(() => shown.current?.screen.widen(wraps ? null : wide), [wraps]);
  useEffect(() => {
    const now = shown.current;
    if (now === null) return;
    // Only what is new, so that whoever reads further up stays there.
    for (const { at, text } of log.parts.filter((part) => part.at > now.until)) {
      writeAtItsSizes(now, text, at === 0);
      now.until = at;
    }
    now.writer.whenShown(() => setDrawnLines(linesIn(now.screen.terminal)));
  }, [log]);
  const lines = linesOf(log, live, drawnLines);
  return (
    <div
      className={classes.log}
      dir="ltr"
      data-scheme={scheme}
      data-wraps={wraps}
      style={{ blockSize: `${Math.ceil(lines * (linePixels ?? fontSize * usualHeight)) + around}px` }}
    >
      <div ref={host} className={classes.lines} />
      {!atNewest && (
        <Button
          className={classes.newest ?? ""}
          size="xs"
          leftSection={<IconArrowDown size={16} aria-hidden="true" />}
          onClick={() => shown.current?.screen.terminal.scrollToBottom()}
        >
          {t("sessions.newestOutput")}
        </Button>
      )}
    </div>
  );
}
