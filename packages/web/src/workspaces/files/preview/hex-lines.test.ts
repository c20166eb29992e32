import { expect, test } from "vitest";
import { hexLines } from "./hex-lines.ts";

test("sixteen bytes a line, the last one filled up, nothing but plain letters", () => {
  const bytes = new TextEncoder().encode("PK\u0003\u0004 <b>1234567\u202e!");
  expect(hexLines(bytes)).toEqual([
    "00000000  50 4b 03 04 20 3c 62 3e 31 32 33 34 35 36 37 e2  PK.. <b>1234567.",
    "00000010  80 ae 21                                         ..!",
  ]);
  expect(hexLines(new Uint8Array())).toEqual([]);
});
