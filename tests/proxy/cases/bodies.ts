import { setTimeout as sleep } from "node:timers/promises";
import { bodyOf, type Case, demand, header, isWhole, OK, statusOf } from "../trial.ts";

const BYTES = Array.from({ length: 256 }, (_, i) => String.fromCharCode(i)).join("");
const MEGABYTE = "m".repeat(1_000_000);
/** What may lie in buffers between two ends, the kernel's among them. */
const MOST_BUFFERED = 24_000_000;

/** What a message's body is, whichever way it is framed; null: it is not complete. */
export function unframed(message: string): string | null {
  const body = bodyOf(message);
  const length = header(message, "content-length");
  if (length !== null) return body.length >= Number(length) ? body.slice(0, Number(length)) : null;
  if (header(message, "transfer-encoding") === null) return body;
  let out = "";
  for (let at = 0; ; ) {
    const end = body.indexOf("\r\n", at);
    const size = Number.parseInt(body.slice(at, end), 16);
    if (end === -1 || Number.isNaN(size)) return null;
    if (size === 0) return body.indexOf("\r\n\r\n", end - 1) === -1 ? null : out;
    out += body.slice(end + 2, end + 2 + size);
    at = end + 4 + size;
  }
}

const hasBody = (text: string): boolean => isWhole(text) && unframed(text) !== null;

export const bodies: readonly Case[] = [
  {
    id: "body-bytes",
    right: "all 256 bytes arrive as they are, both ways",
    by: "RFC 9110, 6.4",
    async run({ arrive, head }) {
      const request = `${head("POST /case HTTP/1.1", "Content-Length: 256", "Connection: close")}${BYTES}`;
      const { client, program, received } = await arrive(request, hasBody);
      demand(unframed(received) === BYTES, "changed on its way to the program");
      program.end(`HTTP/1.1 200 OK\r\nContent-Length: 256\r\n\r\n${BYTES}`);
      demand(unframed(await client.until(() => client.ended)) === BYTES, "changed on its way to the client");
    },
  },
  {
    id: "body-chunked",
    right: "a chunked request arrives whole, its extensions dropped",
    by: "RFC 9112, 7.1",
    async run({ arrive, head }) {
      const head1 = head("POST /case HTTP/1.1", "Transfer-Encoding: chunked");
      const { received } = await arrive(`${head1}5;ext=1\r\nhello\r\n6\r\n world\r\n0\r\n\r\n`, hasBody);
      demand(unframed(received) === "hello world", `became ${JSON.stringify(bodyOf(received))}`);
    },
  },
  ...["GET", "DELETE"].map(
    (method): Case => ({
      id: `body-of-${method.toLowerCase()}`,
      right: `the chunked body of a ${method} arrives framed, not as another request`,
      by: "RFC 9112, 6.3",
      async run({ judge, head, upstream }) {
        const inner = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
        const size = inner.length.toString(16);
        const request = `${head(`${method} /case HTTP/1.1`, "Transfer-Encoding: chunked")}${size}\r\n${inner}\r\n0\r\n\r\n`;
        const { status, arrived } = await judge(request);
        demand(!upstream.seen.some(({ received }) => received.startsWith("GET /smuggled")), "smuggled");
        if (arrived === "") return demand(status >= 400, "no answer");
        demand(unframed(arrived) === inner && /content-length|transfer-encoding/i.test(arrived), "unframed");
      },
    }),
  ),
  {
    id: "head-first",
    right: "the head of an upload arrives before its body",
    by: "RFC 9110, 3.7 (streaming)",
    async run({ arrive, head }) {
      await arrive(head("POST /case HTTP/1.1", "Content-Length: 9000000"));
    },
  },
  {
    id: "stream-up",
    right: "what a client has sent arrives before the rest is sent",
    by: "RFC 9110, 3.7 (streaming)",
    async run({ arrive, head }) {
      const { client, program, received } = await arrive(
        `${head("POST /case HTTP/1.1", "Content-Length: 10")}first`,
        (text) => text.includes("first"),
      );
      demand(received.includes("first"), "was held back");
      client.send("later");
      demand(hasBody(await program.until(hasBody)), "its end did not arrive");
    },
  },
  ...(["text/plain", "text/event-stream"] as const).map(
    (type): Case => ({
      id: type === "text/plain" ? "stream-down" : "stream-events",
      right: `what the program has sent (${type}) is there before the rest`,
      by: type === "text/plain" ? "RFC 9110, 3.7 (streaming)" : "WHATWG HTML, 9.2",
      async run({ arrive, head }) {
        const { client, program } = await arrive(head("GET /case HTTP/1.1"));
        program.send(`HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nTransfer-Encoding: chunked\r\n\r\n`);
        await client.until(isWhole);
        demand(statusOf(client.received) === 200, "its headers were held back");
        program.send("d\r\ndata: first\n\n\r\n");
        demand((await client.until((text) => text.includes("first"))).includes("first"), "was held back");
        program.end("0\r\n\r\n");
      },
    }),
  ),
  {
    id: "pressure-down",
    right: "a client that reads nothing stops the program's stream",
    by: "no RFC: memory has an end",
    async run({ arrive, head }) {
      const { client, program } = await arrive(head("GET /case HTTP/1.1"));
      client.socket.pause();
      program.send("HTTP/1.1 200 OK\r\nContent-Length: 60000000\r\n\r\n");
      for (let i = 0; i < 60; i += 1) program.send(MEGABYTE);
      await sleep(500);
      const taken = program.socket.bytesWritten - program.socket.writableLength;
      demand(taken < MOST_BUFFERED, `took ${Math.round(taken / 1e6)} MB`);
    },
  },
  {
    id: "pressure-up",
    right: "a program that reads nothing stops the client's upload",
    by: "no RFC: memory has an end",
    async run({ arrive, head }) {
      const { client, program } = await arrive(head("POST /case HTTP/1.1", "Content-Length: 60000000"));
      program.socket.pause();
      for (let i = 0; i < 60; i += 1) client.send(MEGABYTE);
      await sleep(500);
      const taken = client.socket.bytesWritten - client.socket.writableLength;
      demand(taken < MOST_BUFFERED, `took ${Math.round(taken / 1e6)} MB`);
    },
  },
  {
    id: "trailers-up",
    right: "a request's trailers arrive",
    by: "RFC 9110, 6.5.1 (may be discarded)",
    async run({ arrive, head }) {
      const request = `${head("POST /case HTTP/1.1", "Transfer-Encoding: chunked", "Trailer: X-Sum")}2\r\nhi\r\n0\r\nX-Sum: 7\r\n\r\n`;
      const { received } = await arrive(request, (text) => /\r\n0\r\n.*\r\n\r\n$/s.test(text));
      demand(/x-sum: 7/i.test(bodyOf(received)), "were dropped");
    },
  },
  {
    id: "trailers-down",
    right: "an answer's trailers arrive",
    by: "RFC 9110, 6.5.1 (may be discarded)",
    async run({ answerFor }) {
      const answer = await answerFor(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 7\r\n\r\n",
      );
      demand(/x-sum: 7/i.test(bodyOf(answer)), "were dropped");
    },
  },
  {
    id: "until-close",
    right: "an answer that ends with its connection is whole",
    by: "RFC 9112, 6.3",
    async run({ answerFor }) {
      const answer = await answerFor("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall of it");
      demand(unframed(answer) === "all of it", `became ${JSON.stringify(bodyOf(answer))}`);
    },
  },
  {
    id: "head",
    right: "HEAD has the length and no body",
    by: "RFC 9110, 9.3.2",
    async run({ answerFor }) {
      const answer = await answerFor("HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n", "HEAD /case HTTP/1.1");
      demand(header(answer, "content-length") === "1234", `length ${header(answer, "content-length")}`);
      demand(bodyOf(answer) === "", "came with a body");
    },
  },
  {
    id: "no-content",
    right: "204 has no body and announces none",
    by: "RFC 9110, 8.6",
    async run({ answerFor }) {
      const answer = await answerFor("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n");
      demand(statusOf(answer) === 204 && bodyOf(answer) === "", "came with a body");
      demand(header(answer, "content-length") === null, "with a Content-Length");
      demand(header(answer, "transfer-encoding") === null, "with a Transfer-Encoding");
    },
  },
  {
    id: "not-modified",
    right: "304 keeps its ETag and its length, and has no body",
    by: "RFC 9110, 15.4.5",
    async run({ answerFor }) {
      const answer = await answerFor('HTTP/1.1 304 Not Modified\r\nETag: "a"\r\nContent-Length: 99\r\n\r\n');
      demand(header(answer, "etag") === '"a"' && bodyOf(answer) === "", "lost its ETag, or came with a body");
    },
  },
  {
    id: "range",
    right: "Range and If-Range arrive; 206 and Content-Range come back untouched",
    by: "RFC 9110, 14",
    async run({ arrive, head }) {
      const { client, program, received } = await arrive(
        head("GET /case HTTP/1.1", "Range: bytes=5-9, -3", 'If-Range: "a"', "Connection: close"),
      );
      demand(header(received, "range") === "bytes=5-9, -3", `Range became ${header(received, "range")}`);
      demand(header(received, "if-range") === '"a"', "If-Range is lost");
      program.end("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 5-9/100\r\nContent-Length: 5\r\n\r\nhello");
      const answer = await client.until(() => client.ended);
      demand(statusOf(answer) === 206 && header(answer, "content-range") === "bytes 5-9/100", "changed");
    },
  },
  {
    id: "encoding",
    right: "a compressed body is not touched, nor what the client accepts",
    by: "RFC 9110, 8.4",
    async run({ arrive, head }) {
      const { client, program, received } = await arrive(
        head("GET /case HTTP/1.1", "Accept-Encoding: br, zstd;q=0.5", "Connection: close"),
      );
      demand(header(received, "accept-encoding") === "br, zstd;q=0.5", "Accept-Encoding changed");
      program.end("HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 4\r\n\r\n\x01\x02\xfe\xff");
      const answer = await client.until(() => client.ended);
      demand(header(answer, "content-encoding") === "br" && unframed(answer) === "\x01\x02\xfe\xff", "changed");
    },
  },
  {
    id: "early-answer",
    right: "an answer that comes before the upload's end reaches the client",
    by: "RFC 9112, 9.5",
    async run({ arrive, head }) {
      const { client, program } = await arrive(`${head("POST /case HTTP/1.1", "Content-Length: 9000000")}some`);
      program.end("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig");
      const answer = await client.until((text) => text.includes("big"));
      demand(statusOf(answer) === 413 && answer.includes("big"), `${statusOf(answer) || "no answer"}`);
    },
  },
  {
    id: "client-left",
    right: "when the client leaves, the program hears of it",
    by: "RFC 9112, 9.5",
    async run({ arrive, head }) {
      const { client, program } = await arrive(head("GET /case HTTP/1.1"));
      client.socket.destroy();
      demand(await program.isOver(), "went on for nobody");
    },
  },
  {
    id: "upload-broken-off",
    right: "an upload that breaks off looks broken to the program, not complete",
    by: "RFC 9112, 8",
    async run({ arrive, head }) {
      const { client, program } = await arrive(
        `${head("POST /case HTTP/1.1", "Transfer-Encoding: chunked")}5\r\nhello\r\n`,
        (text) => text.includes("hello"),
      );
      client.socket.destroy();
      demand(await program.isOver(), "the program still waits");
      demand(unframed(program.received) === null, "looks complete");
    },
  },
  {
    id: "reuse-after-unread",
    right: "the next answer is the next request's, whatever the program sends too much",
    by: "RFC 9112, 9.2",
    async run({ arrive, head, upstream }) {
      const { client, program } = await arrive(head("GET /one HTTP/1.1"));
      program.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison");
      await client.until((text) => text.endsWith("ok"));
      await sleep(30);
      client.send(head("GET /two HTTP/1.1", "Connection: close"));
      const second = await upstream.next(400);
      second?.end(OK.replace("\r\n\r\nok", "\r\n\r\nme"));
      const answer = await client.until(() => client.ended, 800);
      demand(!answer.includes("poison"), "got what another request's program left behind");
    },
  },
];
