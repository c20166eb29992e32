import { existsSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { connect, type Socket } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { JobFile } from "../job-file.ts";
import { endHosts, eventually, startHost, type TestHost } from "../test-host.ts";

const BUBBLEWRAP = "/usr/bin/bwrap";
const isThere = existsSync(BUBBLEWRAP) || process.env.STOA_PEERS === "required";
const enclosure: NonNullable<JobFile["enclosure"]> = {
  bubblewrap: BUBBLEWRAP,
  writable: [],
  // The test's programs are Node's, wherever that lies.
  readable: [dirname(process.execPath), dirname(import.meta.resolve("ws").replace("file://", ""))],
  hidden: [],
  network: "closed",
};
const PORT = 8123;
const WS = JSON.stringify(import.meta.resolve("ws").replace("file://", ""));

/** Of a large answer. */
const PARTS = 40;

/** Speaks bytes: what it does depends on the first of them. */
const BYTES = `require("net").createServer({ allowHalfOpen: true }, (socket) => {
  socket.on("error", () => {});
  socket.once("data", (first) => {
    const kind = String(first.subarray(0, 1));
    if (kind === "e") { socket.write(first); socket.pipe(socket); }
    if (kind === "h") { let n = first.length; socket.on("data", (part) => { n += part.length; }).on("end", () => { socket.end("got " + n); }); }
    if (kind === "s") { socket.end("all said"); socket.on("data", () => {}); }
    if (kind === "p") { socket.pause(); setTimeout(() => socket.resume(), 1500); }
    if (kind === "r") socket.resetAndDestroy();
    if (kind === "d") {
      for (let part = 0; part < ${PARTS}; part++) socket.write(Buffer.alloc(2 ** 20 + 1, part));
      socket.end();
      global.large = socket;
    }
    if (kind === "q") socket.end(String(global.large.writableLength));
  });
}).listen(process.env.STOA_SESSION_PORT, process.env.LISTEN_ON)`;

/** HTTP and WebSockets. */
const WEB = `const { WebSocketServer } = require(${WS});
const server = require("http").createServer((req, res) => { res.write("a"); setTimeout(() => res.end("b"), 200); });
new WebSocketServer({ server }).on("connection", (ws) => ws.on("message", (data, binary) => ws.send(data, { binary })));
server.listen(process.env.STOA_SESSION_PORT, "127.0.0.1")`;

describe.runIf(isThere)("the bridge to a port in an enclosure", () => {
  let host: TestHost;
  afterEach(endHosts);

  async function begin(script: string): Promise<void> {
    const command = [process.execPath, "-e", script] as const;
    host = await startHost({ command, kind: "plain", web: "program", enclosure, port: PORT });
    await eventually(async () => (await host.status()).ready);
  }
  const open = (): Socket => connect({ path: join(host.folder, "web.sock"), allowHalfOpen: true });
  const all = (socket: Socket): Promise<string> =>
    new Promise((resolve, reject) => {
      let text = "";
      socket
        .on("data", (part) => (text += String(part)))
        .on("end", () => resolve(text))
        .on("error", reject);
    });

  describe("carries bytes", () => {
    beforeEach(() => begin(BYTES.replace("process.env.LISTEN_ON", '"127.0.0.1"')));

    it("both ways, each end by itself", async () => {
      const asked = open();
      asked.end(`h${"x".repeat(500_000)}`);
      expect(await all(asked)).toBe("got 500001");
      const said = open();
      said.write("s");
      expect(await all(said)).toBe("all said");
      expect(said.writable).toBe(true);
      said.destroy();
    });

    it("only as fast as the program takes them", async () => {
      const socket = open();
      socket.write("p");
      await sleep(200);
      const part = Buffer.alloc(65_536);
      let taken = 0;
      // Stops when nobody takes any more: what is under way are the kernel's buffers and Node's.
      while (taken < 64_000_000 && socket.write(part)) taken += part.length;
      const waiting = async (): Promise<number> => {
        for (let held = -1; held !== socket.writableLength; await sleep(150)) held = socket.writableLength;
        return socket.writableLength;
      };
      for (let round = 0; round < 400; round++) socket.write(part);
      expect(await waiting()).toBeGreaterThan(10_000_000);
      await eventually(() => socket.writableLength === 0, 8000);
      socket.destroy();
    });

    it("and no other connection waits for one that is stuck", async () => {
      const stuck = open();
      stuck.write("p");
      for (let round = 0; round < 200; round++) stuck.write(Buffer.alloc(65_536));
      const begun = performance.now();
      const echo = open();
      echo.end("e quickly");
      expect(await all(echo)).toBe("e quickly");
      expect(performance.now() - begun).toBeLessThan(1000);
      stuck.destroy();
    });

    it("of three hundred connections at once", async () => {
      const texts = Array.from({ length: 300 }, (_, number) => `e${number} ${"y".repeat(2000)}`);
      const answers = texts.map((text) => {
        const socket = open();
        const answer = all(socket);
        socket.end(text);
        return answer;
      });
      expect(await Promise.all(answers)).toEqual(texts);
    });

    it("of a large answer, each in its place, only as fast as somebody reads it", async () => {
      const slow = open();
      slow.write("d");
      const left = async (): Promise<number> => {
        const asked = open();
        asked.write("q");
        return Number(await all(asked));
      };
      await eventually(async () => (await left()) > 0);
      await sleep(300);
      expect(await left()).toBeGreaterThan(30_000_000);
      let at = 0;
      let wrong = 0;
      for await (const part of slow) {
        for (const byte of part as Buffer) if (byte !== Math.floor(at++ / (2 ** 20 + 1))) wrong += 1;
      }
      expect([at, wrong]).toEqual([PARTS * (2 ** 20 + 1), 0]);
    });

    it("and ends what the program cut off", async () => {
      const socket = open();
      socket.write("r");
      const gone = new Promise((resolve) => socket.on("close", resolve));
      socket.on("error", () => {}).resume();
      socket.on("end", () => socket.destroy());
      await gone;
    });
  });

  it("finds a program that listens on ::1 only", async () => {
    await begin(BYTES.replace("process.env.LISTEN_ON", '"::1"'));
    const socket = open();
    socket.end("e six");
    expect(await all(socket)).toBe("e six");
  });

  it("carries streamed answers and WebSockets", async () => {
    await begin(WEB);
    const parts: string[] = [];
    const times: number[] = [];
    await new Promise<void>((resolve, reject) => {
      const answered = (res: IncomingMessage): void => {
        res.on("data", (part) => {
          parts.push(String(part));
          times.push(performance.now());
        });
        res.on("end", resolve);
      };
      request({ socketPath: join(host.folder, "web.sock") }, answered)
        .on("error", reject)
        .end();
    });
    expect(parts).toEqual(["a", "b"]);
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(100);

    const socket = new WebSocket(`ws+unix://${join(host.folder, "web.sock")}:/`);
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    socket.send(Buffer.alloc(200_000, 7));
    const back = await new Promise<Buffer>((resolve) => socket.once("message", (data: Buffer) => resolve(data)));
    expect([back.length, back[199_999]]).toEqual([200_000, 7]);
    socket.close();
  });

  it("is ready when the program is, and finds one that came back on another socket", async () => {
    const late = `setTimeout(() => { ${BYTES.replace("process.env.LISTEN_ON", '"127.0.0.1"')} }, 700)`;
    const command = [process.execPath, "-e", late] as const;
    host = await startHost({ command, kind: "plain", web: "program", enclosure, port: PORT });
    await eventually(async () => (await host.status()).state === "running");
    await sleep(300);
    expect((await host.status()).ready).toBe(false);
    expect(existsSync(join(host.folder, "web.sock"))).toBe(false);
    await eventually(async () => (await host.status()).ready);
  });
});

describe.runIf(isThere)("the place of an enclosed program's socket", () => {
  afterEach(endHosts);

  it("takes no link to somewhere else for it", async () => {
    const script = 'ln -s "$TARGET" "$STOA_SESSION_SOCKET"; sleep 60';
    const host = await startHost({
      command: ["/bin/sh", "-c", script.replace("$TARGET", "/var/run/docker.sock")],
      kind: "plain",
      web: "program",
      enclosure,
    });
    await eventually(() => host.tree().length > 2);
    await sleep(500);
    expect(existsSync(join(host.folder, "web.sock"))).toBe(false);
    expect((await host.status()).ready).toBe(false);
  });

  it("follows a program that listens anew", async () => {
    const script = `const net = require("net"), fs = require("fs"), path = process.env.STOA_SESSION_SOCKET;
      const say = (text) => net.createServer((s) => s.on("error", () => {}).end(text)).listen(path);
      say("first"); setTimeout(() => { fs.rmSync(path); say("second"); }, 800);`;
    const command = [process.execPath, "-e", script] as const;
    const host = await startHost({ command, kind: "plain", web: "program", enclosure });
    const hear = (): Promise<string> =>
      new Promise((resolve) => {
        let text = "";
        connect(join(host.folder, "web.sock"))
          .on("data", (part) => (text += String(part)))
          .on("close", () => resolve(text))
          .on("error", () => resolve(""));
      });
    await eventually(async () => (await hear()) === "first");
    await eventually(async () => (await hear()) === "second", 3000);
  });
});
