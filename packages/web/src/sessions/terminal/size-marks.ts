import type { Terminal } from "@xterm/xterm";
import { pacedWriter } from "./paced-writer.ts";
import type { ScreenSize } from "./screen.ts";

/**
 * What the session's host leaves in the output where the screen got another size (its size-mark.ts). What was drawn
 * for one width can't be read at another: a shell that redraws its prompt clears what stands above it there.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the mark is an operating system command of the terminal
const mark = /\u001b\]7337;(\d{1,4});(\d{1,4})\u0007/g;
const mostSide = 2_000;

/** Output, or the size that holds from here on. */
export type Sized<T> = { readonly data: T } | { readonly size: ScreenSize };

/** Output as it came, and each new size where it was taken. The marks themselves stay: terminals ignore them. */
export function sizedParts<T extends string | Uint8Array>(data: T): readonly Sized<T>[] {
  // One letter a byte, so that a place in the text is one among the bytes.
  const text = typeof data === "string" ? data : new TextDecoder("latin1").decode(data);
  const parts: Sized<T>[] = [];
  let from = 0;
  for (const { 0: whole, 1: cols, 2: rows, index } of text.matchAll(mark)) {
    const to = index + whole.length;
    parts.push({ data: data.slice(from, to) as T });
    const size = { cols: Number(cols), rows: Number(rows) };
    if (Math.min(size.cols, size.rows) >= 1 && Math.max(size.cols, size.rows) <= mostSide) parts.push({ size });
    from = to;
  }
  if (from < data.length) parts.push({ data: data.slice(from) as T });
  return parts;
}

/** Writes and does in the order given: what is to be done waits until all that was written before it is shown. */
export function inOrder(terminal: Pick<Terminal, "write">) {
  const paced = pacedWriter(terminal);
  const waiting: (() => void)[] = [];
  let unshown = 0;
  const goOn = () => {
    while (unshown === 0) {
      const next = waiting.shift();
      if (!next) return;
      next();
    }
  };
  const write = <T extends string | Uint8Array>(data: T, onShown: (length: number) => void) => {
    unshown += data.length;
    paced.write(data, (length) => {
      unshown -= length;
      onShown(length);
      // Not from within the terminal's own writing: to change its size there would mix up what it has before it.
      if (unshown === 0) queueMicrotask(goOn);
    });
  };
  return {
    write<T extends string | Uint8Array>(data: T, onShown: (length: number) => void = () => {}): void {
      if (data.length === 0) return;
      if (waiting.length === 0) write(data, onShown);
      else waiting.push(() => write(data, onShown));
    },
    whenShown(act: () => void): void {
      waiting.push(act);
      goOn();
    },
  };
}
