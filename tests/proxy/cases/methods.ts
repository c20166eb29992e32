import { bodyOf, type Case, demand, header, OK, statusOf } from "../trial.ts";

const TARGET = "/a%2Fb/..;/c//d/%C3%A9?x=%20&y=;&z=[1]&w='\"";

export const methods: readonly Case[] = [
  {
    id: "path-untouched",
    right: "path and query arrive byte for byte: escapes, dots, double slashes",
    by: "RFC 3986, 6.2",
    async run({ arrive, head }) {
      const { received } = await arrive(head(`GET ${TARGET} HTTP/1.1`));
      const [, target] = received.split(" ");
      demand(target === TARGET, `became ${target}`);
    },
  },
  {
    id: "path-6k",
    right: "an address of 6,000 characters arrives",
    by: "RFC 9112, 3",
    async run({ arrive, head }) {
      const { received } = await arrive(head(`GET /?${"q".repeat(6000)} HTTP/1.1`));
      demand(received.includes("q".repeat(6000)), "was cut");
    },
  },
  ...["PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "REPORT", "SEARCH"].map(
    (method): Case => ({
      id: `method-${method.toLowerCase()}`,
      right: `${method} arrives with its body`,
      by: ["PROPFIND", "REPORT", "SEARCH"].includes(method) ? "RFC 4918, 9" : "RFC 9110, 9.3",
      async run({ arrive, head }) {
        const request = `${head(`${method} /case HTTP/1.1`, "Content-Length: 5")}hello`;
        const { received } = await arrive(request, (text) => text.includes("hello"));
        demand(received.startsWith(`${method} /case HTTP/1.1\r\n`), `arrived as ${received.split("\r\n")[0]}`);
        demand(received.includes("hello"), "came without its body");
      },
    }),
  ),
  {
    id: "method-move",
    right: "WebDAV's MOVE arrives with its Destination and Depth as sent",
    by: "RFC 4918, 9.9",
    async run({ arrive, head, proxy }) {
      const destination = `http://${proxy.host}/b%20c`;
      const { received } = await arrive(head("MOVE /a HTTP/1.1", `Destination: ${destination}`, "Depth: infinity"));
      demand(header(received, "destination") === destination, `Destination became ${header(received, "destination")}`);
      demand(header(received, "depth") === "infinity", "Depth is lost");
    },
  },
  {
    id: "method-unknown",
    right: "a method that nobody knows is passed on, or 501",
    by: "RFC 9110, 9.1",
    async run({ judge, head }) {
      const { status, arrived } = await judge(head("FROBNICATE /case HTTP/1.1"));
      demand(arrived.startsWith("FROBNICATE") || status === 501, `${status}`);
    },
  },
  {
    id: "method-trace",
    right: "TRACE does not show a page the headers that it may not read",
    by: "RFC 9110, 9.3.8",
    async run({ judge, head }) {
      const { status, arrived } = await judge(head("TRACE /case HTTP/1.1", "Cookie: secret=1"));
      demand(
        arrived === "" && [405, 501].includes(status),
        arrived === "" ? `${status}` : "passed on, cookies and all",
      );
    },
  },
  {
    id: "method-connect",
    right: "CONNECT opens no way to other hosts, and is told so",
    by: "RFC 9110, 9.3.6",
    async run({ judge, head, upstream }) {
      const { status, arrived } = await judge(head(`CONNECT 127.0.0.1:${upstream.port} HTTP/1.1`));
      demand(arrived === "", "was passed on");
      demand(status >= 400, status === 0 ? "closed without a word" : `${status}`);
    },
  },
  {
    id: "options-star",
    right: "OPTIONS * arrives as such",
    by: "RFC 9112, 3.2.4",
    async run({ arrive, head }) {
      const { received } = await arrive(head("OPTIONS * HTTP/1.1"));
      demand(received.startsWith("OPTIONS * HTTP/1.1"), `arrived as ${received.split("\r\n")[0]}`);
    },
  },
  {
    id: "target-absolute",
    right: "an absolute address is taken, and becomes a path",
    by: "RFC 9112, 3.2.2",
    async run({ arrive, head, proxy }) {
      const { received } = await arrive(head(`GET http://${proxy.host}/case?x HTTP/1.1`));
      demand(received.startsWith("GET /case?x HTTP/1.1"), `arrived as ${received.split("\r\n")[0]}`);
    },
  },
  {
    id: "target-two-hosts",
    right: "where address and Host name two hosts, they are not mixed",
    by: "RFC 9112, 3.2.2",
    async run({ judge, head }) {
      const { status, arrived } = await judge(head("GET http://other.example/case HTTP/1.1"));
      const mixed = arrived !== "" && header(arrived, "host") !== "other.example";
      demand(!mixed, `passed on for ${header(arrived, "host")}`);
      demand(arrived !== "" || status >= 400, "no answer");
    },
  },
  {
    id: "target-star",
    right: "* for anything but OPTIONS is refused with 400",
    by: "RFC 9112, 3.2.4",
    async run({ judge, head }) {
      const { status, arrived } = await judge(head("GET * HTTP/1.1"));
      demand(arrived === "" && status === 400, arrived === "" ? `${status}` : "was passed on");
    },
  },
  {
    id: "target-space",
    right: "a space within the address is refused",
    by: "RFC 9112, 3.2",
    async run({ judge, head }) {
      const { status, arrived } = await judge(head("GET /a b HTTP/1.1"));
      demand(arrived === "" && status === 400, arrived === "" ? `${status}` : "passed on");
    },
  },
  {
    id: "version-unknown",
    right: "HTTP/3.7 is refused",
    by: "RFC 9112, 2.3",
    async run({ judge, head }) {
      const { status, arrived } = await judge(head("GET /case HTTP/3.7"));
      demand(arrived === "" && status >= 400, arrived === "" ? `${status}` : "passed on");
    },
  },
  {
    id: "http-1.0",
    right: "a client of HTTP/1.0 gets an answer without chunks, whole",
    by: "RFC 9112, 6.1",
    async run({ arrive, head }) {
      const { client, program } = await arrive(head("GET /case HTTP/1.0"));
      program.end("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
      const answer = await client.until(() => client.ended);
      demand(bodyOf(answer) === "hello", `its body became ${JSON.stringify(bodyOf(answer).slice(0, 40))}`);
      demand(header(answer, "transfer-encoding") === null, "was told of chunks");
    },
  },
  {
    id: "keep-alive",
    right: "one connection carries one request after another",
    by: "RFC 9112, 9.3",
    async run({ arrive, head, upstream }) {
      const { client, program } = await arrive(head("GET /one HTTP/1.1"));
      program.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none");
      await client.until((text) => text.endsWith("one"));
      demand(!client.ended, "was closed");
      client.send(head("GET /two HTTP/1.1"));
      await program.until((text) => text.includes("GET /two"), 300);
      const second = program.received.includes("GET /two") ? program : await upstream.next();
      second?.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntwo");
      demand((await client.until((text) => text.endsWith("two"))).endsWith("two"), "gave no second answer");
    },
  },
  {
    id: "pipelining",
    right: "two requests sent at once are answered in their order",
    by: "RFC 9112, 9.3.2",
    async run({ open, head, upstream }) {
      const client = (await open()).send(head("GET /one HTTP/1.1") + head("GET /two HTTP/1.1", "Connection: close"));
      for (let i = 0; i < 2; i += 1) {
        const program = await upstream.next();
        const name = program?.received.includes("GET /one") === true ? "one" : "two";
        program?.end(OK.replace("\r\nok", `\r\n${name}`).replace("Length: 2", "Length: 3"));
      }
      const answer = await client.until((text) => text.includes("two"));
      demand(
        answer.indexOf("one") > 0 && answer.indexOf("one") < answer.indexOf("two"),
        "not both, or in another order",
      );
    },
  },
  {
    id: "idle-connection-lost",
    right: "a connection that the program closed while it was idle harms no next request",
    by: "RFC 9112, 9.3.1",
    async run({ arrive, head, upstream }) {
      const { client, program } = await arrive(head("GET /one HTTP/1.1"));
      program.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      await client.until((text) => text.endsWith("ok"));
      client.send(head("GET /two HTTP/1.1", "Connection: close"));
      await program.until((text) => text.includes("GET /two"), 300);
      if (program.received.includes("GET /two")) program.socket.resetAndDestroy();
      const second = await upstream.next();
      second?.end(OK);
      const answer = await client.until(() => client.ended);
      demand(statusOf(answer.slice(answer.lastIndexOf("HTTP/1.1"))) === 200, "the next request failed");
    },
  },
];
