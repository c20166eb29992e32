import { expect, test } from "vitest";
import { createReplay } from "./replay.ts";
import type { ScreenSize } from "./screen.ts";
import { inOrder } from "./size-marks.ts";

/** A screen that tells what became of it, in order. */
function watched() {
  const told: string[] = [];
  const terminal = {
    write: (data: string | Uint8Array, onShown?: () => void) => {
      told.push(new TextDecoder().decode(data as Uint8Array));
      onShown?.();
    },
  };
  const hold = (size: ScreenSize | null) => void told.push(size ? `${size.cols}x${size.rows}` : "free");
  const replay = createReplay(inOrder(terminal), { hold });
  const write = (text: string) => replay.write(new TextEncoder().encode(text), () => {});
  return { told, replay, write, clear: () => void told.push("cleared") };
}
const settled = () => new Promise((resolve) => setTimeout(resolve));

test("what is shown stays until what takes its place begins to come", async () => {
  const { told, replay, write, clear } = watched();
  replay.begin({ replay: 6, printed: 6, cols: 90, rows: 30 }, clear);
  await settled();
  expect(told).toEqual([]);
  write("old");
  await settled();
  write("er!");
  await settled();
  write("new");
  await settled();
  expect(told).toEqual(["cleared", "90x30", "old", "er!", "free", "new"]);
});

test("with nothing to show again the screen is empty at once", async () => {
  const { told, replay, write, clear } = watched();
  replay.begin({ replay: 0, printed: 0 }, clear);
  await settled();
  expect(told).toEqual(["cleared", "free"]);
  write("new");
  await settled();
  expect(told).toEqual(["cleared", "free", "new"]);
});

test("one beginning after the other counts for itself", async () => {
  const { told, replay, write, clear } = watched();
  replay.begin({ replay: 3, printed: 3 }, clear);
  replay.begin({ replay: 3, printed: 3 }, clear);
  write("all");
  await settled();
  expect(told).toEqual(["cleared", "80x24", "all", "free"]);
});
