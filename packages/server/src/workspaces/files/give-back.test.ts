import { expect, test } from "vitest";
import { giveBack } from "./give-back.ts";

test("memory that was given away is free at once", () => {
  const bytes = new Uint8Array(64 * 1024);
  const { buffer } = bytes;
  giveBack(bytes);
  expect(bytes.byteLength).toBe(0);
  expect(buffer.detached).toBe(true);
});

test("a part of a larger buffer, and what is small, stays: others may read there", () => {
  const whole = new Uint8Array(64 * 1024);
  giveBack(whole.subarray(1));
  giveBack(whole.subarray(0, 20_000));
  expect(whole.byteLength).toBe(64 * 1024);
  const small = Buffer.from("pooled");
  giveBack(small);
  expect(small.toString()).toBe("pooled");
  const shared = new Uint8Array(new SharedArrayBuffer(64 * 1024));
  giveBack(shared);
  expect(shared.byteLength).toBe(64 * 1024);
});
