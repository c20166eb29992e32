import type { Screen, ScreenSize } from "./screen.ts";
import { type inOrder, sizedParts } from "./size-marks.ts";

/** Every program's terminal begins with this one. */
export const firstSize: ScreenSize = { cols: 80, rows: 24 };

interface Begun {
  readonly replay: number;
  readonly printed: number;
  readonly cols?: number;
  readonly rows?: number;
}

/** Shows old output again at the sizes that it was drawn for, one after the other, and new output as it comes. */
export function createReplay(writer: ReturnType<typeof inOrder>, screen: Pick<Screen, "hold">) {
  /** Bytes of old output that have not come yet. */
  let due = 0;
  let whole = false;
  let size: ScreenSize = firstSize;
  /** Clears the screen for what is about to come. */
  let clear: (() => void) | null = null;
  return {
    /** @param onBegin once everything from before is shown, and what is shown again has begun to come */
    begin({ replay, printed, cols, rows }: Begun, onBegin: () => void): void {
      due = replay;
      whole = printed === replay;
      if (cols !== undefined && rows !== undefined) size = { cols, rows };
      const held = replay > 0 ? size : null;
      clear = () => {
        onBegin();
        screen.hold(held);
      };
      // With nothing to show in its place the screen is empty; else it stays as it is until that comes.
      if (replay === 0) clearNow();
    },
    write(bytes: Uint8Array, onShown: (length: number) => void): void {
      clearNow();
      if (due === 0) {
        writer.write(bytes, onShown);
        return;
      }
      due = Math.max(0, due - bytes.length);
      const parts = sizedParts(bytes);
      // Without a mark it has been of one size all along, which is known.
      if (whole && parts.some((part) => "size" in part)) writer.whenShown(() => screen.hold(firstSize));
      for (const part of parts) {
        if ("size" in part) writer.whenShown(() => screen.hold(part.size));
        else writer.write(part.data, onShown);
      }
      if (due === 0) writer.whenShown(() => screen.hold(null));
    },
  };

  function clearNow(): void {
    if (clear) writer.whenShown(clear);
    clear = null;
  }
}
