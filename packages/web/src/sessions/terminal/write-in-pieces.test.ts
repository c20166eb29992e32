import { expect, test } from "vitest";
import { writeInPieces } from "./write-in-pieces.ts";

test("a long text is written whole, in order, in pieces that are told one by one", () => {
  const written: string[] = [];
  let shown = 0;
  const terminal = {
    write(piece: string | Uint8Array, done?: () => void) {
      written.push(String(piece));
      done?.();
    },
  };
  const text = "0123456789".repeat(20_000);
  writeInPieces(terminal, text, (length) => {
    shown += length;
  });
  expect(written.join("")).toBe(text);
  expect(written.length).toBeGreaterThan(3);
  expect(shown).toBe(text.length);
});
