import { type Case, demand, header, isWhole, type Trial } from "../trial.ts";
import { unframed } from "./bodies.ts";

const INNER = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";

/** Refused, or passed on so that there is only one way to read it. */
async function refusedOrPlain(trial: Trial, request: string): Promise<void> {
  const { status, arrived } = await trial.judge(request);
  demand(!trial.upstream.seen.some(({ received }) => received.startsWith("GET /smuggled")), "smuggled");
  if (arrived === "") return demand(status >= 400, "no answer");
  const length = header(arrived, "content-length");
  const coding = header(arrived, "transfer-encoding");
  demand(length === null || coding === null, "passed on with both");
  demand(length === null || /^\d+$/.test(length), `passed on with the length ${length}`);
  demand(coding === null || coding.toLowerCase() === "chunked", `passed on with the coding ${coding}`);
}

/** Refused, and nothing of it at the program that looks complete. */
async function refused(trial: Trial, request: string): Promise<void> {
  const { status, arrived } = await trial.judge(request);
  const whole = isWhole(arrived) && unframed(arrived) !== null;
  demand(!whole, "passed on");
  demand(status >= 400 || arrived !== "", `${status || "no answer"}`);
}

function smuggling(id: string, right: string, by: string, headers: readonly string[], body: string): Case {
  return { id, right, by, run: (trial) => refusedOrPlain(trial, trial.head("POST /case HTTP/1.1", ...headers) + body) };
}

function broken(id: string, right: string, by: string, request: (trial: Trial) => string): Case {
  return { id, right, by, run: (trial) => refused(trial, request(trial)) };
}

const chunked = (trial: Trial, body: string): string =>
  trial.head("POST /case HTTP/1.1", "Transfer-Encoding: chunked") + body;
const withLine = (trial: Trial, line: string): string => trial.head("GET /case HTTP/1.1", line);

export const framing: readonly Case[] = [
  smuggling(
    "cl-te",
    "a length beside chunks is refused, or the length dropped",
    "RFC 9112, 6.1",
    [`Content-Length: ${INNER.length + 5}`, "Transfer-Encoding: chunked"],
    `0\r\n\r\n${INNER}`,
  ),
  smuggling(
    "cl-cl",
    "two lengths that differ are refused",
    "RFC 9112, 6.3",
    ["Content-Length: 0", `Content-Length: ${INNER.length}`],
    INNER,
  ),
  smuggling(
    "cl-list",
    "a list of lengths is refused, or made one",
    "RFC 9110, 8.6",
    [`Content-Length: ${INNER.length}, ${INNER.length}`],
    INNER,
  ),
  ...["+36", "-1", "0x24", "36 ", "3 6", "99999999999999999999"].map((length) =>
    smuggling(
      `cl-${length.replace(/\s/g, "_")}`,
      `the length ${JSON.stringify(length)} is refused, or sent on as a number`,
      "RFC 9110, 8.6",
      [`Content-Length: ${length}`],
      INNER,
    ),
  ),
  ...["xchunked", "identity", "chunked, identity", "chunked, chunked", '"chunked"', "\vchunked"].map((coding) =>
    smuggling(
      `te-${JSON.stringify(coding)
        .replace(/[^\w]+/g, "-")
        .replace(/^-|-$/g, "")}${coding.includes('"') ? "-quoted" : ""}`,
      `the transfer coding ${JSON.stringify(coding)} is refused`,
      "RFC 9112, 6.1",
      [`Transfer-Encoding: ${coding}`],
      `0\r\n\r\n${INNER}`,
    ),
  ),
  {
    id: "te-gzip",
    right: "a coding that is not known beside chunked is refused with 501, or passed on as it is",
    by: "RFC 9112, 6.1",
    async run({ judge, head }) {
      const { status, arrived } = await judge(
        `${head("POST /case HTTP/1.1", "Transfer-Encoding: gzip, chunked")}0\r\n\r\n`,
      );
      demand(arrived === "" ? status >= 400 : /gzip/.test(header(arrived, "transfer-encoding") ?? ""), "was forgotten");
    },
  },
  smuggling(
    "te-te",
    "two Transfer-Encodings are refused, or made one",
    "RFC 9112, 6.1",
    ["Transfer-Encoding: chunked", "Transfer-Encoding: identity"],
    `0\r\n\r\n${INNER}`,
  ),
  smuggling(
    "te-space",
    "a space between a header's name and its colon is refused",
    "RFC 9112, 5.1",
    ["Transfer-Encoding : chunked", `Content-Length: ${INNER.length + 5}`],
    `0\r\n\r\n${INNER}`,
  ),
  broken(
    "te-http-1.0",
    "chunks in HTTP/1.0 are refused, as nobody knows where they end",
    "RFC 9112, 6.1",
    (trial) => `${trial.head("POST /case HTTP/1.0", "Transfer-Encoding: chunked")}5\r\nhello\r\n0\r\n\r\n`,
  ),
  broken("chunk-hex", "a chunk's size of 0x5 is refused", "RFC 9112, 7.1", (trial) =>
    chunked(trial, "0x5\r\nhello\r\n0\r\n\r\n"),
  ),
  broken("chunk-negative", "a chunk's size of -5 is refused", "RFC 9112, 7.1", (trial) =>
    chunked(trial, "-5\r\nhello\r\n0\r\n\r\n"),
  ),
  broken("chunk-overflow", "a chunk's size beyond 64 bits is refused", "RFC 9112, 7.1", (trial) =>
    chunked(trial, "10000000000000005\r\nhello\r\n0\r\n\r\n"),
  ),
  broken("chunk-overrun", "a chunk longer than its size is refused", "RFC 9112, 7.1", (trial) =>
    chunked(trial, "5\r\nhelloooo\r\n0\r\n\r\n"),
  ),
  broken("chunk-bare-lf", "chunks whose lines end in LF alone are refused", "RFC 9112, 7.1", (trial) =>
    chunked(trial, "5\nhello\n0\n\n"),
  ),
  {
    id: "obs-fold",
    right: "a folded header line is refused, or unfolded",
    by: "RFC 9112, 5.2",
    async run(trial) {
      const { status, arrived } = await trial.judge(withLine(trial, "X-Folded: one\r\n two: 2"));
      demand(arrived === "" ? status >= 400 : !/\r\n[ \t]/.test(arrived), "passed on folded");
    },
  },
  {
    id: "bare-lf",
    right: "a header line that ends in LF alone is refused, or sent on as two lines",
    by: "RFC 9112, 2.2",
    async run(trial) {
      const { status, arrived } = await trial.judge(withLine(trial, "X-One: 1\nX-Two: 2"));
      demand(arrived === "" ? status >= 400 : !/[^\r]\n/.test(arrived), "passed on as it came");
    },
  },
  broken("bare-cr", "a CR within a header's value is refused", "RFC 9112, 2.2", (trial) =>
    withLine(trial, "X-One: 1\rX-Two: 2"),
  ),
  broken("nul", "a NUL within a header's value is refused", "RFC 9110, 5.5", (trial) => withLine(trial, "X-One: 1\0")),
  broken("name-space", "a space within a header's name is refused", "RFC 9112, 5.1", (trial) =>
    withLine(trial, "X One: 1"),
  ),
  broken("no-colon", "a header line without a colon is refused", "RFC 9112, 5", (trial) => withLine(trial, "nonsense")),
  broken("line-before", "a header line that begins with a space is refused", "RFC 9112, 2.2", (trial) =>
    trial.head("GET /case HTTP/1.1\r\n X-First: 1"),
  ),
  broken("two-hosts", "two Host headers are refused", "RFC 9112, 3.2", (trial) =>
    withLine(trial, "Host: other.example"),
  ),
  {
    id: "no-host",
    right: "HTTP/1.1 without Host is refused with 400",
    by: "RFC 9112, 3.2",
    async run({ judge }) {
      const { status, arrived } = await judge("GET /case HTTP/1.1\r\nConnection: close\r\n\r\n");
      demand(arrived === "" && status === 400, arrived === "" ? `${status}` : "passed on");
    },
  },
  {
    id: "header-12k",
    right: "a header of 12 KB arrives",
    by: "RFC 9110, 5.4",
    async run({ arrive, head }) {
      const { received } = await arrive(
        head("GET /case HTTP/1.1", `X-Big: ${"b".repeat(7_900)}`, `X-2: ${"c".repeat(4_000)}`),
      );
      demand(received.includes("b".repeat(7_900)) && received.includes("c".repeat(4_000)), "was cut");
    },
  },
  {
    id: "header-100k",
    right: "headers of 100 KB are refused with 431 (or 400)",
    by: "RFC 6585, 5",
    async run({ judge, head }) {
      const lines = Array.from({ length: 20 }, (_, i) => `X-${i}: ${"b".repeat(5_000)}`);
      const { status, arrived } = await judge(head("GET /case HTTP/1.1", ...lines));
      demand(arrived === "" && [431, 400].includes(status), arrived === "" ? `${status || "no answer"}` : "passed on");
    },
  },
];
