import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { metadata, sendRest } from "./tus.ts";

/** A tus server that takes at most `most` bytes of each request, and cuts off as often as it is told to. */
class FakeRequest {
  static held = 0;
  static cuts = 0;
  static most = Number.POSITIVE_INFINITY;
  static readonly log: string[] = [];
  static refusal = 0;
  readonly upload: { onprogress?: (event: { loaded: number }) => void } = {};
  onload?: () => void;
  onerror?: () => void;
  onabort?: () => void;
  onloadend?: () => void;
  status = 0;
  responseText = "";
  private method = "";
  private offset = 0;

  open(method: string) {
    this.method = method;
  }
  setRequestHeader(name: string, value: string) {
    if (name === "Upload-Offset") this.offset = Number(value);
  }
  getResponseHeader(name: string) {
    return name === "upload-offset" ? String(FakeRequest.held) : null;
  }
  abort() {
    this.onabort?.();
  }
  async send(body: Blob | null) {
    await Promise.resolve();
    FakeRequest.log.push(`${this.method} ${this.method === "PATCH" ? this.offset : FakeRequest.held}`);
    if (this.method === "PATCH" && body) this.patch(body.size);
    else this.status = 200;
    this.status === 0 ? this.onerror?.() : this.onload?.();
    this.onloadend?.();
  }
  private patch(size: number) {
    if (FakeRequest.refusal > 0) {
      this.status = FakeRequest.refusal;
      return;
    }
    if (this.offset !== FakeRequest.held) {
      this.status = 409;
      return;
    }
    FakeRequest.held += Math.min(size, FakeRequest.most);
    this.status = FakeRequest.cuts-- > 0 ? 0 : 204;
  }
}

beforeEach(() => {
  Object.assign(FakeRequest, { held: 0, cuts: 0, most: Number.POSITIVE_INFINITY, refusal: 0 });
  FakeRequest.log.length = 0;
  vi.stubGlobal("XMLHttpRequest", FakeRequest);
});
afterEach(() => vi.unstubAllGlobals());

const file = new Blob(["0123456789"]);
function sending() {
  const stalls: boolean[] = [];
  const { signal } = new AbortController();
  return { stalls, signal, progress: () => {}, stalled: (lost: boolean) => stalls.push(lost) };
}
const atOnce = async () => {};

describe("sending the rest of a file", () => {
  test("goes on from what the server has, piece by piece", async () => {
    Object.assign(FakeRequest, { held: 4, most: 3 });
    await sendRest("/u", file, 4, sending(), atOnce);
    expect(FakeRequest.log).toEqual(["PATCH 4", "PATCH 7"]);
    expect(FakeRequest.held).toBe(10);
  });

  test("asks after a cut how much arrived, and sends nothing twice", async () => {
    Object.assign(FakeRequest, { cuts: 2, most: 4 });
    const told = sending();
    await sendRest("/u", file, 0, told, atOnce);
    expect(FakeRequest.log).toEqual(["PATCH 0", "HEAD 4", "PATCH 4", "HEAD 8", "PATCH 8"]);
    expect(told.stalls).toContain(true);
    expect(told.stalls.at(-1)).toBe(false);
  });

  test("mends an offset that is not the server's", async () => {
    FakeRequest.held = 6;
    await sendRest("/u", file, 0, sending(), atOnce);
    expect(FakeRequest.log).toEqual(["PATCH 0", "HEAD 6", "PATCH 6"]);
  });

  test("gives up at once on what does not pass by itself", async () => {
    FakeRequest.refusal = 507;
    await expect(sendRest("/u", file, 0, sending(), atOnce)).rejects.toMatchObject({ status: 507 });
    expect(FakeRequest.log).toEqual(["PATCH 0"]);
  });
});

test("metadata is base64 of UTF-8", () => {
  expect(metadata({ path: "داده/a.txt" })).toBe(`path ${Buffer.from("داده/a.txt").toString("base64")}`);
});
