import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { pacedWriter } from "./paced-writer.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

/** A terminal that reads a piece when it is told to, and a page that draws when it is told to. */
function watched() {
  const written: string[] = [];
  const reads: (() => void)[] = [];
  const frames: (() => void)[] = [];
  const writer = pacedWriter(
    {
      write(piece: string | Uint8Array, done?: () => void) {
        written.push(String(piece));
        if (done) reads.push(done);
      },
    },
    (then) => void frames.push(then),
  );
  return { writer, written, read: () => reads.shift()?.(), draw: () => frames.shift()?.() };
}
const text = "0123456789".repeat(20_000);

test("a long text is written whole, in order, in pieces that are told one by one", () => {
  const { writer, written, read } = watched();
  let shown = 0;
  writer.write(text, (length) => {
    shown += length;
  });
  while (shown < text.length) read();
  expect(written.join("")).toBe(text);
  expect(written.length).toBeGreaterThan(3);
  expect(shown).toBe(text.length);
});

test("it gets no more at once than it can read soon, and the rest as it does", () => {
  const { writer, written, read } = watched();
  writer.write(text);
  writer.write("last");
  expect(written).toHaveLength(2);
  read();
  expect(written).toHaveLength(3);
  for (let at = 0; at < 10; at += 1) read();
  expect(written.at(-1)).toBe("last");
});

test("what takes long lets the page be drawn before it goes on", () => {
  const { writer, written, read, draw } = watched();
  writer.write(text);
  vi.advanceTimersByTime(50);
  read();
  read();
  expect(written).toHaveLength(2);
  draw();
  expect(written).toHaveLength(4);
});

test("a key's letter goes through at once", () => {
  const { writer, written } = watched();
  writer.write("x");
  writer.write("y");
  expect(written).toEqual(["x", "y"]);
});
