import fc from "fast-check";
import { expect, it } from "vitest";
import { readProgress } from "./progress.ts";

async function* cut(text: string, at: readonly number[]): AsyncIterable<Buffer> {
  const bytes = Buffer.from(text);
  let from = 0;
  for (const end of [...at, bytes.length].sort((a, b) => a - b)) {
    yield bytes.subarray(from, end);
    from = Math.min(end, bytes.length);
  }
}

async function read(text: string, at: readonly number[] = []) {
  const events = [];
  for await (const event of readProgress(cut(text, at))) events.push(event);
  return events;
}

const real =
  'data: {"progress": 0, "message": "Server requested"}\n\n:keepalive\n\n' +
  'data: {"progress": 50, "message": "Spawning é 日本 server..."}\r\n\r\n' +
  'data: {"progress": 100, "ready": true, "message": "Server ready", "url": "/user/x/"}\n\n';

it("reads what a hub tells, however it is cut into pieces", async () => {
  const whole = await read(real);
  expect(whole).toEqual([
    { percent: 0, message: "Server requested", outcome: null },
    { percent: 50, message: "Spawning é 日本 server...", outcome: null },
    { percent: 100, message: "Server ready", outcome: "ready" },
  ]);
  const bytes = Buffer.byteLength(real);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(bytes), { maxLength: 12 }), async (at) => {
      expect(await read(real, at)).toEqual(whole);
    }),
    { numRuns: 200 },
  );
});

it.each([
  [
    "a failure ends it",
    'data: {"progress": 100, "failed": true, "message": "Spawn failed: no"}\n\ndata: {"progress": 1}\n\n',
    ["failed"],
  ],
  ["broken off, it says no end", 'data: {"progress": 30, "message": "x"}\n\ndata: {"prog', [null]],
  [
    "garbage is passed over",
    'data: no json\n\ndata: {"progress": "x"}\n\nid: 3\n\ndata: {"progress": 900}\n\n',
    [null],
  ],
  ["a line without end costs nothing", `data: ${"x".repeat(200_000)}`, []],
  ["nothing is nothing", "", []],
])("%s", async (_what, text, outcomes) => {
  const events = await read(text, [10, 20, 70_000, 140_000]);
  expect(events.map(({ outcome }) => outcome)).toEqual(outcomes);
  expect(events.every(({ percent }) => percent <= 100)).toBe(true);
});
