import { describe, expect, it } from "vitest";
import * as ws from "ws";
import { createSentMessages } from "./sent-messages.ts";

const options = { fin: true, mask: true, readOnly: false, rsv1: false } as const;
const frame = (opcode: number, length: number, fin = true): Buffer =>
  Buffer.concat(
    (ws as unknown as { Sender: Frames }).Sender.frame(Buffer.alloc(length, 0x81), { ...options, opcode, fin }),
  );

interface Frames {
  frame(data: Buffer, options: object): Buffer[];
}

function seen(bytes: Buffer, pieces: number): boolean[] {
  const found: boolean[] = [];
  const take = createSentMessages((binary) => found.push(binary));
  for (let at = 0; at < bytes.length; at += pieces) take(bytes.subarray(at, at + pieces));
  return found;
}

describe("messages that a browser sends", () => {
  const all = Buffer.concat([
    frame(1, 5), // text
    frame(9, 3), // ping
    frame(10, 100), // pong
    frame(2, 126), // binary, two bytes of length
    frame(2, 70_000, false), // eight bytes of length, goes on
    frame(0, 4),
    frame(8, 2), // close
  ]);

  it.each([1, 2, 3, 7, 1000, 1_000_000])("are found in pieces of %i bytes, control frames passed over", (pieces) => {
    expect(seen(all, pieces)).toEqual([false, true, true, true]);
  });

  it("are none in answers to pings", () => {
    expect(seen(Buffer.concat([frame(10, 0), frame(10, 125)]), 1)).toEqual([]);
  });
});
