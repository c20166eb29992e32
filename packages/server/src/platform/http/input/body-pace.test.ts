import { EventEmitter } from "node:events";
import { Socket } from "node:net";
import type { FastifyRequest } from "fastify";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { watchBodyPace } from "./body-pace.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A body that goes on arriving, byte by byte, and never ends. */
function trickle(type: string | undefined) {
  const socket = new Socket();
  const headers = { "transfer-encoding": "chunked", ...(type === undefined ? {} : { "content-type": type }) };
  const raw = Object.assign(new EventEmitter(), { headers, socket });
  watchBodyPace({ raw } as unknown as FastifyRequest);
  return { raw, socket };
}

it.each([
  "application/json",
  "Application/JSON",
  "application/json;charset=utf-8",
  "application/json ; charset=utf-8",
  "application/problem+json",
  "APPLICATION/vnd.api+JSON; x=y",
  "application/x-www-form-urlencoded",
])("a body of %s has a minute", (type) => {
  const { socket } = trickle(type);
  vi.advanceTimersByTime(59_000);
  expect(socket.destroyed).toBe(false);
  vi.advanceTimersByTime(2_000);
  expect(socket.destroyed).toBe(true);
});

it.each(["application/octet-stream", "multipart/form-data; boundary=x", "text/plain", "application/jsonx", undefined])(
  "an upload of %s goes on while it arrives",
  (type) => {
    const { socket } = trickle(type);
    vi.advanceTimersByTime(3_600_000);
    expect(socket.destroyed).toBe(false);
  },
);

it("a body that has arrived is not cut off", () => {
  const { raw, socket } = trickle("application/json");
  raw.emit("end");
  vi.advanceTimersByTime(61_000);
  expect(socket.destroyed).toBe(false);
});
