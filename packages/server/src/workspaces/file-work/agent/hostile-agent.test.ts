import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AgentConnection, connectAgent } from "./connection.ts";
import { createFrameReader, FRAME, type FrameType, sendCredit, sendFrame, sendJson, WINDOW } from "./frames.ts";

const setup = { accountId: 1, accountFolder: "/a", trashFolder: "/t", stagingMark: "m", symlinkRoots: [] };

/** A person may replace their agent: whatever comes from it, the server and its other people must not suffer. */
describe("an agent gone bad", () => {
  let folder: string;
  let server: Server;
  let agent: Socket;
  let connection: AgentConnection;
  let broken: Error | null;
  /** What the agent does with a call; it reads nothing after it has thrown. */
  let onCall: (call: number) => void;

  beforeEach(async () => {
    broken = null;
    onCall = () => undefined;
    folder = mkdtempSync(path.join(tmpdir(), "stoa-agent-"));
    const arrived = Promise.withResolvers<Socket>();
    server = createServer((socket) => arrived.resolve(socket));
    await new Promise<void>((resolve) => void server.listen(path.join(folder, "socket"), resolve));
    agent = connect(path.join(folder, "socket"));
    agent.on("error", () => undefined);
    const read = createFrameReader((type, call) => {
      if (type === FRAME.setup) sendFrame(agent, FRAME.ready, 0);
      if (type === FRAME.call) onCall(call);
    });
    agent.on("data", read);
    connection = await connectAgent(await arrived.promise, {
      setup,
      onIdle: () => undefined,
      onBroken: (why) => {
        broken = why;
      },
    });
  });
  afterEach(() => {
    connection.close();
    agent.destroy();
    server.close();
    rmSync(folder, { recursive: true });
  });

  const answer = (type: FrameType, text: string) => {
    onCall = (call) => sendFrame(agent, type, call, Buffer.from(text));
    return connection.run("listFolder", {});
  };

  it("is left when it answers with millions of values, which would take gigabytes", async () => {
    await expect(answer(FRAME.result, `[${"{},".repeat(1_000_000)}{}]`)).rejects.toMatchObject({ code: "unavailable" });
    expect(broken?.message).toContain("too many values");
  });

  it("may answer with a text that is full of commas", async () => {
    const text = ',"[{\\'.repeat(300_000);
    expect(await answer(FRAME.result, JSON.stringify(text))).toBe(text);
  });

  it.each([
    ["result", 17 * 2 ** 20],
    ["progress", 2 ** 20],
    ["fail", 2 ** 20],
  ] as const)("is left when a %s is too large", async (type, size) => {
    await expect(answer(FRAME[type], JSON.stringify("x".repeat(size)))).rejects.toMatchObject({ code: "unavailable" });
    expect(broken?.message).toContain("a frame of");
  });

  it("fills no log: of its errors the beginning is enough, and no code but the system's", async () => {
    const long = "x".repeat(50_000);
    onCall = (call) => sendJson(agent, FRAME.fail, call, { message: long, name: long, stack: long, code: "40001" });
    const error = await connection.run("listFolder", {}).catch((thrown: Error & { code?: string }) => thrown);
    expect(error).toBeInstanceOf(Error);
    const { message, name, cause, code } = error as Error & { code?: string };
    expect(`${message}${name}${(cause as Error).message}`.length).toBeLessThan(20_000);
    expect(code).toBeUndefined();
  });

  it("gets no more of an upload than it reads, however much it asks for", async () => {
    let taken = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (const chunk = Buffer.alloc(2 ** 20); ; ) {
        taken += chunk.length;
        yield chunk;
        // The socket has its turn.
        await sleep(0);
      }
    }
    onCall = (call) => {
      agent.pause();
      const asking = setInterval(() => {
        for (let count = 0; count < 64; count += 1) sendCredit(agent, call, 0xffff_ffff);
      }, 1).unref();
      agent.on("close", () => clearInterval(asking));
    };
    const upload = connection.run("stageUpload", {}, { input: endless() });
    await expect(upload).rejects.toMatchObject({ code: "unavailable" });
    expect(taken).toBeLessThan(160 * WINDOW);
  });

  it("makes no heap of crumbs: bytes that come one by one wait as few pieces", async () => {
    onCall = (call) => {
      sendJson(agent, FRAME.head, call, null);
      const frame = Buffer.from([FRAME.bytes, 0, 0, 0, call, 0, 0, 0, 1, 0x78]);
      agent.write(Buffer.concat(Array.from({ length: 200_000 }, () => frame)));
      sendFrame(agent, FRAME.end, call);
    };
    const { bytes } = await connection.open("downloadFile", {});
    await expect.poll(() => connection.busy).toBe(0);
    let pieces = 0;
    let size = 0;
    for await (const piece of bytes) {
      pieces += 1;
      size += piece.byteLength;
    }
    expect(size).toBe(200_000);
    expect(pieces).toBeLessThan(2_000);
  });
});
