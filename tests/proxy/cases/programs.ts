import { bodyOf, type Case, demand, header, OK, statusOf, type Trial } from "../trial.ts";
import { unframed } from "./bodies.ts";

/** The answer is an error of the proxy's own. */
async function isRefused(
  { arrive, head, upstream }: Trial,
  fromProgram: string,
  line = "GET /case HTTP/1.1",
): Promise<void> {
  const { client, program } = await arrive(head(line, "Connection: close"));
  program.end(fromProgram);
  void upstream.next(600).then((again) => again?.end(fromProgram));
  const answer = await client.until(() => client.ended);
  demand(statusOf(answer) >= 500, `${statusOf(answer) || "no answer"}`);
}

/** The answer began, and must not look complete. */
async function isBroken({ answerFor }: Trial, fromProgram: string): Promise<void> {
  const answer = await answerFor(fromProgram);
  if (statusOf(answer) >= 500) return;
  demand(unframed(answer) === null, "looks complete");
  demand(header(answer, "content-length") !== null || header(answer, "transfer-encoding") !== null, "looks complete");
}

const refusedAnswer = (id: string, right: string, by: string, answer: string, line?: string): Case => ({
  id,
  right,
  by,
  run: (trial) => isRefused(trial, answer, line),
});
const brokenAnswer = (id: string, right: string, by: string, answer: string): Case => ({
  id,
  right,
  by,
  run: (trial) => isBroken(trial, answer),
});

export const programs: readonly Case[] = [
  brokenAnswer(
    "answer-short",
    "an answer shorter than its length looks broken",
    "RFC 9112, 8",
    "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this",
  ),
  brokenAnswer(
    "answer-chunks-cut",
    "chunks without their end look broken",
    "RFC 9112, 8",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
  ),
  brokenAnswer(
    "answer-chunks-bad",
    "broken chunks look broken",
    "RFC 9112, 7.1",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\nworld\r\n0\r\n\r\n",
  ),
  refusedAnswer(
    "answer-cl-cl",
    "an answer with two lengths is an error (502)",
    "RFC 9112, 6.3",
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 20\r\n\r\nok",
  ),
  {
    id: "answer-cl-te",
    right: "an answer with a length beside chunks is 502, or the length dropped",
    by: "RFC 9112, 6.3",
    async run({ answerFor }) {
      const answer = await answerFor(
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
      );
      const both = header(answer, "content-length") !== null && header(answer, "transfer-encoding") !== null;
      demand(statusOf(answer) === 502 || (unframed(answer) === "hello" && !both), "passed on with both");
    },
  },
  refusedAnswer("answer-none", "a program that closes without an answer is an error (502)", "RFC 9110, 15.6.3", ""),
  refusedAnswer(
    "answer-garbage",
    "an answer that is not HTTP is an error (502)",
    "RFC 9110, 15.6.3",
    "SSH-2.0-OpenSSH_9.2\r\n\r\n",
  ),
  refusedAnswer(
    "answer-101",
    "a 101 that nobody asked for opens no tunnel",
    "RFC 9110, 15.2.2",
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nraw",
  ),
  refusedAnswer(
    "answer-101-bare",
    "nor does one that names no protocol, whatever was sent",
    "RFC 9110, 15.2.2",
    "HTTP/1.1 101 Switching Protocols\r\n\r\nraw",
    "POST /case HTTP/1.1",
  ),
  {
    id: "answer-te-gzip",
    right: "an answer in a transfer coding is 502, or the client is told of it",
    by: "RFC 9112, 6.1",
    async run({ answerFor }) {
      const answer = await answerFor("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n");
      const told = /gzip/i.test(header(answer, "transfer-encoding") ?? "");
      demand(statusOf(answer) === 502 || told, "its coding was forgotten");
    },
  },
  {
    id: "answer-header-1m",
    right: "1 MB of headers from the program is 502, and harms nobody",
    by: "RFC 9110, 15.6.3",
    async run(trial) {
      const lines = Array.from({ length: 200 }, (_, i) => `X-${i}: ${"h".repeat(5_000)}\r\n`).join("");
      await isRefused(trial, `HTTP/1.1 200 OK\r\n${lines}Content-Length: 2\r\n\r\nok`);
      await trial.upstream.clear();
      demand(statusOf(await trial.answerFor(OK)) === 200, "the next request failed");
    },
  },
  {
    id: "answer-header-30k",
    right: "30 KB of headers from the program arrive",
    by: "RFC 9110, 5.4",
    async run({ answerFor }) {
      const lines = Array.from({ length: 6 }, (_, i) => `X-${i}: ${"h".repeat(5_000)}\r\n`).join("");
      const answer = await answerFor(`HTTP/1.1 200 OK\r\n${lines}Content-Length: 2\r\n\r\nok`);
      demand(statusOf(answer) === 200 && answer.length > 30_000, `${statusOf(answer) || "no answer"}`);
    },
  },
  {
    id: "answer-fold",
    right: "a folded line in an answer is 502, or unfolded",
    by: "RFC 9112, 5.2",
    async run({ answerFor }) {
      const answer = await answerFor(OK.replace("\r\n\r\n", "\r\nX-Folded: one\r\n two\r\n\r\n"));
      demand(statusOf(answer) === 502 || !/\r\n[ \t]/.test(answer), "passed on folded");
    },
  },
  {
    id: "answer-bare-cr",
    right: "a CR within an answer's header is 502, or replaced",
    by: "RFC 9112, 2.2",
    async run({ answerFor }) {
      const answer = await answerFor(OK.replace("\r\n\r\n", "\r\nX-One: 1\rSet-Cookie: evil=1\r\n\r\n"));
      demand(statusOf(answer) === 502 || !/\r[^\n]/.test(answer), "passed on");
    },
  },
  {
    id: "answer-nul",
    right: "a NUL within an answer's header is 502, or replaced",
    by: "RFC 9110, 5.5",
    async run({ answerFor }) {
      const answer = await answerFor(OK.replace("\r\n\r\n", "\r\nX-One: a\0b\r\n\r\n"));
      demand(statusOf(answer) === 502 || !answer.includes("\0"), "passed on");
    },
  },
  {
    id: "answer-obs-text",
    right: "bytes above 127 in a header arrive as they are",
    by: "RFC 9110, 5.5",
    async run({ answerFor }) {
      const answer = await answerFor(OK.replace("\r\n\r\n", "\r\nX-Name: caf\xe9\xff\r\n\r\n"));
      demand(header(answer, "x-name") === "caf\xe9\xff", "changed");
    },
  },
  {
    id: "answer-status",
    right: "a status of its own (299, 599) arrives with its body",
    by: "RFC 9110, 15",
    async run({ answerFor }) {
      const answer = await answerFor(OK.replace("200 OK", "599 My Own"));
      demand(statusOf(answer) === 599 && bodyOf(answer) === "ok", `${statusOf(answer)}`);
    },
  },
  {
    id: "answer-many-headers",
    right: "300 header lines arrive, and several of one name stay several",
    by: "RFC 9110, 5.3",
    async run({ answerFor }) {
      const lines = Array.from({ length: 300 }, (_, i) => `X-Same: ${i}\r\n`).join("");
      const answer = await answerFor(`HTTP/1.1 200 OK\r\n${lines}Content-Length: 2\r\n\r\nok`);
      demand((answer.match(/x-same:/gi) ?? []).length === 300, "some were lost");
    },
  },
  {
    id: "answer-set-cookies",
    right: "two Set-Cookies stay two",
    by: "RFC 6265, 3",
    async run({ answerFor }) {
      const answer = await answerFor(OK.replace("\r\n\r\n", "\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n"));
      demand((answer.match(/set-cookie:/gi) ?? []).length === 2, "were joined or lost");
    },
  },
];
