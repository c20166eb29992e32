import { FitAddon } from "@xterm/addon-fit";
import { type ITerminalOptions, Terminal } from "@xterm/xterm";
import { terminalColours } from "../theme/tokens.ts";
import { withoutStyleTags } from "./without-style-tags.ts";

const fontSize = 14;

/** In characters. */
export interface ScreenSize {
  readonly cols: number;
  readonly rows: number;
}

export interface Screen {
  readonly terminal: Terminal;
  /**
   * What the program was given: the smallest of all windows that decide it. Ours then shows no more than that; and no
   * less either where it decides nothing, since what was drawn for another width can't be read.
   */
  grant(size: ScreenSize): void;
  dispose(): void;
}

/**
 * An xterm.js in `host`, in our colours and font.
 * @param onFit told how much the element has room for, now and whenever that changes; null where it decides nothing
 */
export function openScreen(
  host: HTMLElement,
  options: ITerminalOptions,
  onFit: ((size: ScreenSize) => void) | null,
): Screen {
  const terminal = new Terminal({
    fontFamily: "monospace",
    fontSize,
    lineHeight: 1.2,
    scrollback: 10_000,
    theme: terminalColours,
    minimumContrastRatio: 4.5,
    cursorBlink: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    macOptionIsMeta: true,
    ...options,
  });
  const fitting = new FitAddon();
  terminal.loadAddon(fitting);
  const removeStyles = withoutStyleTags(() => terminal.open(host));

  let room: ScreenSize | null = null;
  let granted: ScreenSize | null = null;
  const apply = () => {
    if (onFit === null && granted) return terminal.resize(granted.cols, granted.rows);
    if (!room) return;
    terminal.resize(Math.min(room.cols, granted?.cols ?? room.cols), Math.min(room.rows, granted?.rows ?? room.rows));
  };
  const fit = () => {
    const next = fitting.proposeDimensions();
    if (!next || !(next.cols > 0 && next.rows > 0) || (next.cols === room?.cols && next.rows === room.rows)) return;
    room = next;
    apply();
    onFit?.(next);
  };
  fit();
  const observer = new ResizeObserver(fit);
  observer.observe(host);
  // Setting the font measures its characters: not before it has come.
  const family = getComputedStyle(host).getPropertyValue("--stoa-font-mono");
  void document.fonts.load(`${fontSize}px ${family}`).finally(() => {
    terminal.options.fontFamily = family;
    room = null;
    fit();
  });

  return {
    terminal,
    grant(size) {
      granted = size;
      apply();
    },
    dispose() {
      observer.disconnect();
      terminal.dispose();
      removeStyles();
    },
  };
}
