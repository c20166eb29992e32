import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, expect, it } from "vitest";
import { askStatus, followStatus } from "./host-calls.ts";
import { watchHost } from "./watch-host.ts";

const folder = mkdtempSync(join(tmpdir(), "stoa-flood-"));
const socket = join(folder, "host.sock");
let server: Server;
let stop = (): void => {};
let calls = 0;
let taken = 0;
let cuts = 0;
const open = new Set<Socket>();

afterEach(async () => {
  stop();
  for (const one of open) one.destroy();
  await new Promise((resolve) => server.close(resolve));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What listens in the host's place: says `again` for as long as anybody hears it. */
async function flood(first: string, again: string): Promise<void> {
  [calls, taken, cuts] = [0, 0, 0];
  const portion = again.repeat(Math.ceil(16_384 / again.length));
  server = createServer((peer) => {
    open.add(peer);
    calls += 1;
    const more = (): void => {
      if (peer.destroyed) return;
      taken += portion.length;
      peer.write(portion, () => setImmediate(more));
    };
    peer.on("error", () => undefined);
    peer.on("close", () => {
      cuts += 1;
    });
    peer.once("data", () => peer.write(first, more));
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
}

const CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
const floods: readonly [string, string, string][] = [
  ["one line after another", CHUNKED, "1\r\n\n\r\n"],
  ["a line without an end", CHUNKED, "400\r\n".concat("x".repeat(1024), "\r\n")],
  ["what comes before an answer", "", "HTTP/1.1 103 Early Hints\r\n\r\n"],
];

it.each(floods)("hears no more of %s than a host says", async (_what, first, again) => {
  await flood(first, again);
  let lines = 0;
  const ended: boolean[] = [];
  stop = followStatus(
    socket,
    () => {
      lines += 1;
    },
    (loud) => ended.push(loud),
  );
  await expect.poll(() => cuts).toBe(1);
  expect(ended).toEqual([true]);
  expect(lines).toBeLessThanOrEqual(100);
  expect(taken).toBeLessThan(2 ** 20);
});

it.each(floods)("asks for a status and takes no %s", async (_what, first, again) => {
  await flood(first, again);
  expect(await askStatus(socket)).toBeNull();
  await expect.poll(() => cuts).toBe(1);
  expect(taken).toBeLessThan(2 ** 20);
});

it("comes back late to one that was too loud", async () => {
  await flood(CHUNKED, "1\r\n\n\r\n");
  let told = 0;
  stop = watchHost(
    () => socket,
    () => {
      told += 1;
    },
  );
  await expect.poll(() => cuts).toBe(1);
  await sleep(1500);
  expect(calls).toBe(1);
  expect(told).toBeLessThan(20);
  await expect.poll(() => calls, { timeout: 10_000 }).toBe(2);
});
