import { expect, test } from "vitest";
import { joined } from "./use-text.ts";

const bytes = new TextEncoder().encode("سلام");

test("a letter that two pieces share is whole, one that is still to come is left out", () => {
  const parts = [
    { bytes: bytes.slice(0, 3), etag: '"1"' },
    { bytes: bytes.slice(3, 7), etag: '"1"' },
  ];
  expect(joined(parts)).toEqual({ content: "سلا", version: '"1"', isText: true, read: 7 });
});

test("bytes that are no text, or hold a zero, are none", () => {
  expect(joined([{ bytes: Uint8Array.of(0xff, 0xfe, 0x41), etag: null }]).isText).toBe(false);
  expect(joined([{ bytes: Uint8Array.of(0x41, 0), etag: null }]).isText).toBe(false);
});

test("pieces of two versions can't be saved over either", () => {
  const parts = ['"1"', '"2"'].map((etag) => ({ bytes, etag }));
  expect(joined(parts).version).toBeNull();
});
