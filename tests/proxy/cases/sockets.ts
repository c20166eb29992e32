import { setTimeout as sleep } from "node:timers/promises";
import { bodyOf, type Case, demand, header, isWhole, statusOf, type Trial } from "../trial.ts";

const HANDSHAKE = [
  "Connection: keep-alive, Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
];
const ACCEPTED =
  "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";
/** A masked frame that says it is compressed (RSV1), with bytes of every kind. */
const BYTES = Array.from({ length: 125 }, (_, i) => String.fromCharCode((i * 37) % 256)).join("");
const COMPRESSED = `\xc2\xfd\x01\x02\x03\x04${BYTES}`;
const CLOSE = "\x88\x02\x0f\xa1";

async function joined({ arrive, head }: Trial, ...more: string[]) {
  const { client, program, received } = await arrive(head("GET /socket HTTP/1.1", ...HANDSHAKE, ...more));
  program.send(`${ACCEPTED}\r\n`);
  const answer = await client.until(isWhole);
  demand(statusOf(answer) === 101, `the handshake became ${statusOf(answer) || "nothing"}`);
  return { client, program, received };
}

export const sockets: readonly Case[] = [
  {
    id: "ws-handshake",
    right: "a WebSocket's handshake goes through: key, version, subprotocols, extensions, and what was agreed",
    by: "RFC 6455, 4",
    async run({ arrive, head }) {
      const { client, program, received } = await arrive(
        head(
          "GET /socket HTTP/1.1",
          ...HANDSHAKE,
          "Sec-WebSocket-Protocol: v1.kernel, v2.kernel",
          "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
        ),
      );
      demand(header(received, "sec-websocket-key") === "dGhlIHNhbXBsZSBub25jZQ==", "the key changed");
      demand(header(received, "sec-websocket-protocol") === "v1.kernel, v2.kernel", "the subprotocols changed");
      demand(header(received, "sec-websocket-extensions")?.includes("client_max") === true, "the extensions changed");
      demand(header(received, "upgrade")?.toLowerCase() === "websocket", "Upgrade is lost");
      program.send(
        `${ACCEPTED}Sec-WebSocket-Protocol: v2.kernel\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n`,
      );
      const answer = await client.until(isWhole);
      demand(statusOf(answer) === 101, `${statusOf(answer) || "no answer"}`);
      demand(header(answer, "sec-websocket-accept") === "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "the accept changed");
      demand(header(answer, "sec-websocket-protocol") === "v2.kernel", "the subprotocol is lost");
      demand(header(answer, "sec-websocket-extensions") === "permessage-deflate", "the extension is lost");
      demand(header(answer, "upgrade")?.toLowerCase() === "websocket", "Upgrade is lost");
    },
  },
  {
    id: "ws-bytes",
    right: "compressed binary frames arrive byte for byte, both ways",
    by: "RFC 7692, 6",
    async run(trial) {
      const { client, program } = await joined(trial);
      client.send(COMPRESSED);
      demand((await program.until((text) => text.endsWith(COMPRESSED))).endsWith(COMPRESSED), "changed upwards");
      program.send(COMPRESSED);
      demand((await client.until((text) => text.endsWith(COMPRESSED))).endsWith(COMPRESSED), "changed downwards");
    },
  },
  {
    id: "ws-first-frames",
    right: "frames that come in one packet with the handshake are not lost",
    by: "RFC 6455, 4.1",
    async run({ arrive, head }) {
      const { client, program } = await arrive(head("GET /socket HTTP/1.1", ...HANDSHAKE) + COMPRESSED);
      program.send(`${ACCEPTED}\r\n\x81\x02hi`);
      demand(
        (await client.until((text) => text.endsWith("hi"))).endsWith("\r\n\r\n\x81\x02hi"),
        "the program's is lost",
      );
      demand((await program.until((text) => text.endsWith(COMPRESSED))).endsWith(COMPRESSED), "the client's is lost");
    },
  },
  {
    id: "ws-pieces",
    right: "a frame that comes in pieces arrives, each piece as it comes",
    by: "RFC 6455, 5.4",
    async run(trial) {
      const { client, program } = await joined(trial);
      for (const piece of [COMPRESSED.slice(0, 1), COMPRESSED.slice(1, 3), COMPRESSED.slice(3)]) {
        client.send(piece);
        demand((await program.until((text) => text.endsWith(piece))).endsWith(piece), "was held back");
      }
    },
  },
  {
    id: "ws-refused",
    right: "a handshake that the program refuses comes back with status, headers and body",
    by: "RFC 6455, 4.2.2",
    async run({ arrive, head }) {
      const { client, program } = await arrive(head("GET /socket HTTP/1.1", ...HANDSHAKE));
      program.end("HTTP/1.1 403 Forbidden\r\nX-Why: no\r\nContent-Length: 6\r\n\r\nno way");
      const answer = await client.until((text) => text.includes("no way"));
      demand(statusOf(answer) === 403 && header(answer, "x-why") === "no", `${statusOf(answer) || "no answer"}`);
      demand(bodyOf(answer) === "no way", "its body is lost");
    },
  },
  {
    id: "ws-close-program",
    right: "the program's close frame, with its code, arrives before the end",
    by: "RFC 6455, 7",
    async run(trial) {
      const { client, program } = await joined(trial);
      program.end(CLOSE);
      demand((await client.until(() => client.ended)).endsWith(CLOSE), "its code is lost");
      demand(client.ended, "the client's side stays open");
    },
  },
  {
    id: "ws-close-client",
    right: "when the client leaves, the program's side ends",
    by: "RFC 6455, 7.1.1",
    async run(trial) {
      const { client, program } = await joined(trial);
      client.socket.destroy();
      demand(await program.isOver(), "the program's side stays open");
    },
  },
  {
    id: "ws-last-words",
    right: "what the program sent before it closed arrives whole at a client that reads slowly",
    by: "RFC 6455, 7.1.1",
    async run(trial) {
      const { client, program } = await joined(trial);
      client.socket.pause();
      const frame = `\x82\x7f\0\0\0\0\0\x0f\x42\x40${"w".repeat(1_000_000)}`;
      program.end(`${frame}${frame}${frame}${CLOSE}`);
      await sleep(300);
      client.socket.resume();
      const received = await client.until(() => client.ended, 3_000);
      demand(received.endsWith(CLOSE), `${Math.round((received.length / 3_000_030) * 100)} % arrived`);
    },
  },
  {
    id: "ws-pressure",
    right: "a client that reads nothing stops the program's frames",
    by: "no RFC: memory has an end",
    async run(trial) {
      const { client, program } = await joined(trial);
      client.socket.pause();
      for (let i = 0; i < 60; i += 1) program.send("w".repeat(1_000_000));
      await sleep(500);
      const taken = program.socket.bytesWritten - program.socket.writableLength;
      demand(taken < 24_000_000, `took ${Math.round(taken / 1e6)} MB`);
    },
  },
  {
    id: "ws-post",
    right: "a POST with a body is no handshake, and its body no frames",
    by: "RFC 6455, 4.1",
    async run({ judge, head }) {
      const body = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
      const { status, arrived } = await judge(
        head("POST /socket HTTP/1.1", ...HANDSHAKE, `Content-Length: ${body.length}`) + body,
      );
      demand(arrived === "" ? status >= 400 : arrived.startsWith("POST "), "became another request");
    },
  },
  {
    id: "ws-101-bare",
    right: "a 101 that names no protocol is no handshake (502)",
    by: "RFC 6455, 4.1",
    async run({ arrive, head }) {
      const { client, program } = await arrive(head("GET /socket HTTP/1.1", ...HANDSHAKE));
      program.end("HTTP/1.1 101 Switching Protocols\r\n\r\n");
      const answer = await client.until(isWhole);
      demand(statusOf(answer) >= 500, `${statusOf(answer) || "no answer"}`);
    },
  },
  {
    id: "ws-refused-tunnel",
    right: "after a refused handshake nothing more of the client's reaches the program",
    by: "RFC 9110, 7.8",
    async run({ arrive, head, upstream }) {
      const { client, program } = await arrive(head("GET /socket HTTP/1.1", ...HANDSHAKE));
      program.send("HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno");
      await client.until((text) => text.includes("426"));
      client.send("GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n");
      const raw = () => upstream.seen.some(({ received }) => /GET \/smuggled HTTP\/1\.1\r\nHost: x\r\n/.test(received));
      for (let waited = 0; waited < 400 && !raw(); waited += 50) await sleep(50);
      demand(!raw(), "a tunnel stays open");
    },
  },
  {
    id: "upgrade-h2c",
    right: "an offer of h2c is not passed on: another protocol would go by our checks",
    by: "RFC 9113, 3.1; RFC 9110, 7.8",
    async run({ arrive, head }) {
      const { received } = await arrive(
        head("GET /case HTTP/1.1", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk"),
      );
      demand(!/upgrade: h2c/i.test(received), "was passed on");
    },
  },
];
