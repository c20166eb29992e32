import { describe, expect, it } from "vitest";
import { heldTo } from "./download.ts";

async function* chunks(...sizes: number[]): AsyncGenerator<Uint8Array> {
  for (const size of sizes) yield Buffer.alloc(size);
}

/** Sends all of it. */
async function send(length: number, ...sizes: number[]): Promise<number> {
  let sent = 0;
  for await (const chunk of heldTo(length, chunks(...sizes))) sent += chunk.byteLength;
  return sent;
}

describe("a download's bytes", () => {
  it("are as many as were announced", async () => {
    expect(await send(10, 4, 6)).toBe(10);
    expect(await send(0)).toBe(0);
  });

  it.each([
    ["more", [10, 1]],
    ["fewer", [9]],
    ["none", []],
  ])("end the connection when there are %s: nobody else's answer begins in them", async (_what, sizes) => {
    await expect(send(10, ...sizes)).rejects.toThrow("announced with 10");
  });
});
