import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { expect, it } from "vitest";
import { type Answer, createAnswer } from "./answer.ts";

const source = { pause() {}, resume() {}, abort() {} };
const shown = { origin: "http://s-1.localhost", prefix: "", portalOrigin: "http://localhost" };

/** An answer to a client that sends a request and reads nothing. */
async function answerNobodyReads() {
  const { promise, resolve } = Promise.withResolvers<{ answer: Answer; waiting: () => number }>();
  const server = createServer((req, res) => {
    const answer = createAnswer({ req, res, shown, refuse() {}, onTransfer() {}, onEnd() {} }, source);
    resolve({ answer, waiting: () => req.socket.writableLength });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1").on("error", () => {});
  client.pause();
  client.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  const stop = () => {
    client.destroy();
    server.closeAllConnections();
    server.close();
  };
  return { ...(await promise), stop };
}

it("keeps no interim answers for a client that reads none, however many a program gives", async () => {
  const { answer, waiting, stop } = await answerNobodyReads();
  const hint = ["Link", `</${"a".repeat(1_000)}>; rel=preload`];
  for (let i = 0; i < 20_000; i += 1) answer.information(103, hint);
  expect(waiting()).toBeGreaterThan(0);
  expect(waiting()).toBeLessThan(1_000_000);
  stop();
});
