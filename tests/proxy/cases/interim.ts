import { setTimeout as sleep } from "node:timers/promises";
import { bodyOf, type Case, demand, isWhole, OK, statusOf } from "../trial.ts";

const finalOf = (answer: string): number => statusOf(answer.slice(answer.lastIndexOf("HTTP/1.1 ")));

export const interim: readonly Case[] = [
  {
    id: "continue",
    right: "a 100 comes from the program, and the body after it",
    by: "RFC 9110, 10.1.1",
    async run({ arrive, head }) {
      const request = head("POST /case HTTP/1.1", "Content-Length: 5", "Expect: 100-continue", "Connection: close");
      const { client, program, received } = await arrive(request);
      demand(/\r\nexpect: 100-continue\r\n/i.test(received), "the program did not hear of it");
      await sleep(50);
      demand(client.received === "", "100 before the program said so");
      program.send("HTTP/1.1 100 Continue\r\n\r\n");
      demand(statusOf(await client.until(isWhole)) === 100, "its 100 did not come");
      client.send("hello");
      await program.until((text) => text.includes("hello"));
      program.end(OK);
      demand(finalOf(await client.until(() => client.ended)) === 200, "no final answer");
    },
  },
  {
    id: "continue-refused",
    right: "a program that wants no body can say so before it is sent",
    by: "RFC 9110, 10.1.1",
    async run({ arrive, head }) {
      const { client, program } = await arrive(
        head("POST /case HTTP/1.1", "Content-Length: 5", "Expect: 100-continue", "Connection: close"),
      );
      program.end("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig");
      const answer = await client.until(() => client.ended);
      demand(statusOf(answer) === 413, `got ${statusOf(answer) || "nothing"} first`);
    },
  },
  {
    id: "continue-anyway",
    right: "a client that waits for no 100 is not held up",
    by: "RFC 9110, 10.1.1",
    async run({ arrive, head }) {
      const request = head("POST /case HTTP/1.1", "Content-Length: 5", "Expect: 100-continue", "Connection: close");
      const { client, program, received } = await arrive(`${request}hello`, (text) => text.includes("hello"));
      demand(received.includes("hello"), "its body was held back");
      program.end(OK);
      demand(finalOf(await client.until(() => client.ended)) === 200, "no final answer");
    },
  },
  {
    id: "early-hints",
    right: "103 arrives before the answer",
    by: "RFC 8297, 2",
    async run({ arrive, head }) {
      const { client, program } = await arrive(head("GET /case HTTP/1.1", "Connection: close"));
      program.send("HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n");
      const first = await client.until(isWhole, 2_000);
      program.end(OK);
      const answer = await client.until(() => client.ended);
      demand(finalOf(answer) === 200, `the answer became ${finalOf(answer) || "nothing"}`);
      demand(statusOf(first) === 103 && /link: <\/a\.css>/i.test(first), "was dropped");
    },
  },
  {
    id: "interim-http-1.0",
    right: "a client of HTTP/1.0 gets no interim answer",
    by: "RFC 9110, 15.2",
    async run({ answerFor }) {
      const answer = await answerFor(`HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${OK}`, "GET /case HTTP/1.0");
      demand(statusOf(answer) === 200, `got ${statusOf(answer) || "nothing"}`);
    },
  },
  {
    id: "continue-unasked",
    right: "a 100 that nobody asked for is passed over",
    by: "RFC 9110, 15.2",
    async run({ arrive, head, upstream }) {
      const { client, program } = await arrive(head("GET /case HTTP/1.1", "Connection: close"));
      const answer = `HTTP/1.1 100 Continue\r\n\r\n${OK}`;
      program.end(answer);
      // Another try is the proxy's right for a GET.
      void upstream.next(600).then((again) => again?.end(answer));
      const got = await client.until(() => client.ended);
      demand(finalOf(got) === 200 && bodyOf(got).includes("ok"), `${finalOf(got) || "no answer"}`);
    },
  },
  {
    id: "continue-unasked-post",
    right: "the same for a POST, which must not be sent twice",
    by: "RFC 9110, 15.2",
    async run({ arrive, head, upstream }) {
      const { client, program } = await arrive(`${head("POST /case HTTP/1.1", "Content-Length: 2")}hi`);
      program.end(`HTTP/1.1 100 Continue\r\n\r\n${OK}`);
      const got = await client.until((text) => text.endsWith("ok"), 2_000);
      demand(finalOf(got) === 200 && bodyOf(got).includes("ok"), `${finalOf(got) || "no answer"}`);
      demand(upstream.seen.length === 1, "was sent twice");
    },
  },
  {
    id: "post-on-idle",
    right: "a POST is answered though a connection that lay idle is closed just then",
    by: "no RFC: it can't be asked again",
    async run({ arrive, head, upstream }) {
      const { client, program } = await arrive(head("GET /case HTTP/1.1"));
      program.send(OK.replace("Connection: close\r\n", ""));
      await client.until((text) => text.endsWith("ok"));
      client.send(`${head("POST /case HTTP/1.1", "Content-Length: 2", "Connection: close")}hi`);
      const kept = program.until((text) => text.includes("POST"), 1_000).then((text) => text.includes("POST"));
      const fresh = upstream.next(1_000);
      // Whoever puts it on the old connection finds that connection closed.
      void kept.then((onOld) => onOld && program.socket.destroy());
      (await fresh)?.end(OK);
      const got = await client.until(() => client.ended, 2_000);
      demand(finalOf(got) === 200, `${finalOf(got) || "no answer"}`);
    },
  },
  {
    id: "expect-unknown",
    right: "an expectation that nobody knows: 417, or passed on",
    by: "RFC 9110, 10.1.1",
    async run({ judge, head }) {
      const { status, arrived } = await judge(head("GET /case HTTP/1.1", "Expect: the-impossible"));
      demand(status === 417 || /expect: the-impossible/i.test(arrived), "was swallowed");
    },
  },
];
