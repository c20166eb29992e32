import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeEach, expect, it } from "vitest";
import { watchHost } from "./watch-host.ts";

const folder = mkdtempSync(join(tmpdir(), "stoa-watch-"));
const socket = join(folder, "host.sock");
let told = 0;
let host: ServerResponse;
let server: ReturnType<typeof createServer>;
let stop: () => void;

beforeEach(async () => {
  told = 0;
  const connected = new Promise<void>((resolve) => {
    server = createServer((_req, res) => {
      host = res;
      res.flushHeaders();
      resolve();
    });
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  stop = watchHost(
    () => socket,
    () => {
      told += 1;
    },
  );
  await connected;
});
afterEach(() => {
  stop();
  server.closeAllConnections();
  server.close();
  rmSync(socket, { force: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("tells of a change at once, and of one that comes right after it", async () => {
  for (const count of [1, 2]) {
    host.write("{}\n");
    await expect.poll(() => told, { interval: 5 }).toBe(count);
  }
});

it("does not look each time that a host says something", async () => {
  const begun = performance.now();
  for (let line = 0; line < 200; line += 1) {
    host.write("{}\n");
    await sleep(1);
  }
  expect(told).toBeGreaterThan(0);
  expect(told).toBeLessThanOrEqual(2 + (performance.now() - begun) / 100);
});

it("looks now and then at one that is never silent", async () => {
  for (const until = performance.now() + 3000; performance.now() < until; await sleep(20)) host.write("{}\n");
  expect(told).toBeGreaterThan(10);
  expect(told).toBeLessThanOrEqual(22);
});
