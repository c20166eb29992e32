import type { Terminal } from "@xterm/xterm";

/** The terminal reads a piece without a pause, and lets the page go on between two of them. */
const most = 32_768;
/** Letters that it may have before it at once: enough to go on with while more is handed over. */
const ahead = 2 * most;
/** Milliseconds of reading without a frame, after which the page is drawn first. */
const patience = 40;
/** Milliseconds after which it goes on all the same: a window that nobody sees has no frames. */
const unseen = 250;

interface Piece {
  readonly data: string | Uint8Array;
  onShown(length: number): void;
}

export interface PacedWriter {
  /** Shows text or bytes of any length without holding the page up. @param onShown told how much of it, piece by piece */
  write(data: string | Uint8Array, onShown?: (length: number) => void): void;
}

/** Hands a terminal its output in pieces, and no more than it can read while the page still gets its frames. */
export function pacedWriter(
  terminal: Pick<Terminal, "write">,
  nextFrame: (then: () => void) => void = nextFrameOrSo,
): PacedWriter {
  const waiting: Piece[] = [];
  let before = 0;
  /** Since when a frame is due; null: nothing was written since the last one. */
  let due: number | null = null;
  let feeding = false;

  const onFrame = () => {
    due = null;
    feed();
  };
  const feed = () => {
    if (feeding) return;
    feeding = true;
    while (before < ahead && (due === null || performance.now() - due < patience)) {
      const piece = waiting.shift();
      if (piece === undefined) break;
      if (due === null) {
        due = performance.now();
        nextFrame(onFrame);
      }
      show(piece);
    }
    feeding = false;
  };
  const show = ({ data, onShown }: Piece) => {
    before += data.length;
    terminal.write(data, () => {
      before -= data.length;
      onShown(data.length);
      feed();
    });
  };

  return {
    write(data, onShown = () => {}) {
      for (let at = 0; at < data.length; at += most) waiting.push({ data: data.slice(at, at + most), onShown });
      feed();
    },
  };
}

function nextFrameOrSo(then: () => void): void {
  if (typeof requestAnimationFrame === "undefined") return void setTimeout(then);
  let told = false;
  const tell = () => {
    if (told) return;
    told = true;
    clearTimeout(timer);
    cancelAnimationFrame(frame);
    then();
  };
  const timer = setTimeout(tell, unseen);
  const frame = requestAnimationFrame(tell);
}
