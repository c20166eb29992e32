import { createSocket, type Socket } from "node:dgram";
import type { LookupAddress } from "node:dns";
import { stat } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolverLookup } from "./resolver-lookup.ts";

/** Answers A for `known.test`, nothing for others; of `silent` names it says nothing at all. */
let server: Socket;
let lookup: ReturnType<typeof resolverLookup>;

beforeAll(async () => {
  server = createSocket("udp4");
  server.on("message", (question, { port, address }) => {
    if (question.includes("silent")) return;
    const wantsA = question.readUInt16BE(question.length - 4) === 1 || question.includes(Buffer.from([0, 0, 1, 0, 1]));
    const isKnown = question.includes("known") && wantsA;
    server.send(answer(question, isKnown), port, address);
  });
  await new Promise<void>((resolve) => server.bind(0, "127.0.0.1", resolve));
  lookup = resolverLookup([`127.0.0.1:${(server.address() as AddressInfo).port}`]);
});
afterAll(() => server.close());

/** The question back, with 93.184.216.34 where there is an answer. */
function answer(question: Buffer, isKnown: boolean): Buffer {
  const end = question.indexOf(0, 12) + 5;
  const head = Buffer.from(question.subarray(0, end));
  head.writeUInt16BE(isKnown ? 0x8180 : 0x8183, 2);
  head.writeUInt16BE(isKnown ? 1 : 0, 6);
  head.writeUInt32BE(0, 8);
  const record = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 93, 184, 216, 34];
  return isKnown ? Buffer.concat([head, Buffer.from(record)]) : head;
}
const find = (host: string, all: boolean) =>
  new Promise<{ error: unknown; found: string | LookupAddress[] }>((resolve) =>
    lookup(host, { all }, (error, found) => resolve({ error, found })),
  );

describe("a name's addresses", () => {
  it("are as the name server says", async () => {
    expect(await find("known.test", true)).toEqual({ error: null, found: [{ address: "93.184.216.34", family: 4 }] });
    expect(await find("known.test", false)).toMatchObject({ error: null, found: "93.184.216.34" });
    expect(await find("127.0.0.1", true)).toMatchObject({ found: [{ address: "127.0.0.1", family: 4 }] });
  });

  it("are none where it knows none", async () => {
    expect(await find("other.test", true)).toMatchObject({ error: { code: "ENOTFOUND" } });
  });

  it("are waited for without keeping files and passwords waiting", async () => {
    const many = Array.from({ length: 50 }, (_, n) => find(`silent${n}.test`, true));
    const first = await Promise.race([stat(import.meta.filename), ...many]);
    expect(first).toHaveProperty("mtimeMs");
    expect((await Promise.all(many)).every(({ error }) => (error as { code: string }).code === "ENOTFOUND")).toBe(true);
  });
});
