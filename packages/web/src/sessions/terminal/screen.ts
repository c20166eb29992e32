import { FitAddon } from "@xterm/addon-fit";
import { SearchAddon } from "@xterm/addon-search";
import { type ITerminalOptions, Terminal } from "@xterm/xterm";
import { terminalColours } from "../../theme/tokens.ts";
import { styleSpansByCssom } from "./style-attributes.ts";
import { withoutStyleTags } from "./without-style-tags.ts";

styleSpansByCssom();

/** In characters. */
export interface ScreenSize {
  readonly cols: number;
  readonly rows: number;
}

/** How it looks, and to whom it speaks. */
export interface ScreenDress {
  /** Pixels. */
  readonly fontSize: number;
  readonly scheme: "light" | "dark";
  readonly screenReader: boolean;
}

export interface Screen {
  readonly terminal: Terminal;
  /**
   * What the program was given: the smallest of all windows that decide it. Ours then shows no more than that; and no
   * less either where it decides nothing, since what was drawn for another width can't be read.
   */
  grant(size: ScreenSize): void;
  /** This size and no other while old output is shown again; null: its own one again. */
  hold(size: ScreenSize | null): void;
  dress(dress: ScreenDress): void;
  /** At least so many columns, however narrow the element is; null: as many as it has room for. */
  widen(cols: number | null): void;
  /** Pixels of one line as it is drawn: the font's own height decides, not its size alone. Null: nothing is drawn yet. */
  linePixels(): number | null;
  /** Selects the next place further up (or down) with this text. @returns whether there is one */
  find(text: string, way: "up" | "down"): boolean;
  dispose(): void;
}

/**
 * An xterm.js in `host`, in our colours and font.
 * @param onFit told how much the element has room for, now and whenever that changes; null where it decides nothing
 */
export function openScreen(
  host: HTMLElement,
  dress: ScreenDress,
  options: ITerminalOptions,
  onFit: ((size: ScreenSize) => void) | null,
): Screen {
  // Its cursor doesn't blink: that would draw the page anew with every frame, and a key's letter after it.
  const terminal = new Terminal({
    fontFamily: "monospace",
    lineHeight: 1.2,
    scrollback: 10_000,
    minimumContrastRatio: 4.5,
    macOptionIsMeta: true,
    ...optionsOf(dress),
    ...options,
  });
  const fitting = new FitAddon();
  const searching = new SearchAddon();
  terminal.loadAddon(fitting);
  terminal.loadAddon(searching);
  const removeStyles = withoutStyleTags(() => terminal.open(host));

  let room: ScreenSize | null = null;
  let granted: ScreenSize | null = null;
  let held: ScreenSize | null = null;
  let least = 0;
  const apply = () => {
    if (held) return terminal.resize(held.cols, held.rows);
    if (onFit === null && granted) return terminal.resize(granted.cols, granted.rows);
    if (!room) return;
    const cols = Math.max(least, Math.min(room.cols, granted?.cols ?? room.cols));
    terminal.resize(cols, Math.min(room.rows, granted?.rows ?? room.rows));
  };
  const fit = () => {
    // Of a hidden one nobody knows how much fits.
    if (host.clientWidth === 0) return;
    const next = fitting.proposeDimensions();
    if (!next || !(next.cols > 0 && next.rows > 0) || (next.cols === room?.cols && next.rows === room.rows)) return;
    room = next;
    apply();
    onFit?.(next);
  };
  const fitAnew = () => {
    room = null;
    fit();
  };
  fit();
  const observer = new ResizeObserver(fit);
  observer.observe(host);
  // Setting the font measures its characters: not before it has come.
  const family = getComputedStyle(host).getPropertyValue("--stoa-font-mono");
  void document.fonts.load(`${dress.fontSize}px ${family}`).finally(() => {
    terminal.options.fontFamily = family;
    fitAnew();
  });

  return {
    terminal,
    grant(size) {
      granted = size;
      apply();
    },
    hold(size) {
      held = size;
      apply();
    },
    dress(next) {
      Object.assign(terminal.options, optionsOf(next));
      fitAnew();
    },
    widen(cols) {
      least = cols ?? 0;
      apply();
    },
    linePixels() {
      // As the renderer has set it: asking the browser would have it lay out the page.
      const all = Number.parseFloat(host.querySelector<HTMLElement>(".xterm-screen")?.style.height ?? "");
      return all > 0 ? all / terminal.rows : null;
    },
    find: (text, way) => (way === "up" ? searching.findPrevious(text) : searching.findNext(text)),
    dispose() {
      observer.disconnect();
      terminal.dispose();
      removeStyles();
    },
  };
}

const optionsOf = ({ fontSize, scheme, screenReader }: ScreenDress): ITerminalOptions => ({
  fontSize,
  theme: terminalColours[scheme],
  screenReaderMode: screenReader,
});
