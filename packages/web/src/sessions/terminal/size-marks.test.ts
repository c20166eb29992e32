import { expect, test } from "vitest";
import { inOrder, sizedParts } from "./size-marks.ts";

const markOf = (cols: number, rows: number) => `\u001b]7337;${cols};${rows}\u0007`;

test("output is cut where the screen got another size, and nothing of it is lost", () => {
  const text = `سلام${markOf(40, 20)}b${markOf(120, 30)}`;
  const bytes = new TextEncoder().encode(text);
  const parts = sizedParts(bytes);
  expect(parts.flatMap((part) => ("size" in part ? [part.size] : []))).toEqual([
    { cols: 40, rows: 20 },
    { cols: 120, rows: 30 },
  ]);
  const all = parts.flatMap((part) => ("data" in part ? [...part.data] : []));
  expect(new TextDecoder().decode(Uint8Array.from(all))).toBe(text);
  expect(sizedParts(text)).toHaveLength(4);
});

test("a size that no screen has is none", () => {
  expect(sizedParts(markOf(0, 9)).some((part) => "size" in part)).toBe(false);
  expect(sizedParts(markOf(9999, 9)).some((part) => "size" in part)).toBe(false);
});

test("another size waits for what was written before it, and is there before what comes after", async () => {
  const done: string[] = [];
  const shows: (() => void)[] = [];
  const writer = inOrder({
    write(data, shown) {
      done.push(String(data));
      if (shown) shows.push(shown);
    },
  });
  writer.write("a");
  writer.write("b");
  writer.whenShown(() => done.push("resized"));
  writer.write("c");
  expect(done).toEqual(["a", "b"]);
  for (const shown of shows.splice(0)) shown();
  await Promise.resolve();
  expect(done).toEqual(["a", "b", "resized", "c"]);
  writer.whenShown(() => done.push("again"));
  expect(done.at(-1)).toBe("c");
  for (const shown of shows.splice(0)) shown();
  await Promise.resolve();
  expect(done.at(-1)).toBe("again");
});
