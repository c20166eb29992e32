import { createHash } from "node:crypto";
import { unpackTar } from "modern-tar";
import { afterAll, beforeEach, describe, expect, test, vi } from "vitest";
import { ApiError } from "../../../api/api-error.ts";
import * as files from "../../../api/files.ts";
import * as requests from "./byte-request.ts";
import { sendBatch } from "./send-batch.ts";

// What leads over the network; a browser's tests go all of the way.
vi.mock("./byte-request.ts");
vi.mock("../../../api/files.ts");
// A browser's, which waits for it to be online again.
vi.stubGlobal("addEventListener", () => {});
vi.stubGlobal("removeEventListener", () => {});

const put = vi.mocked(requests.byteRequest);
const refusal = (status: number) => new ApiError({ status, code: "x", message: `refused with ${status}` });
const file = (path: string, text: string, maybeThere = false) => ({ path, file: new File([text], path), maybeThere });
const batch = [file("a.txt", "aaaa"), file("زیر/b.txt", "bb"), file("زیر/c.txt", "")];
const answered = { status: 200, header: () => null };

function send(some = batch, onConflict?: "replace" | "keep_both") {
  const progress = vi.fn();
  const sending = { onConflict, signal: new AbortController().signal, progress, stalled: () => {} };
  return { progress, outcomes: sendBatch(7, some, sending) };
}
const folder = (...entries: [path: string, size: number][]) =>
  vi
    .mocked(files.namesIn)
    .mockImplementation(async (_, path) =>
      entries
        .map(([name, size]) => ({ path: name, size }))
        .filter((one) => one.path.split("/").slice(0, -1).join("/") === path),
    );

beforeEach(() => {
  vi.resetAllMocks();
  folder();
});
// The next file in this worker wants the real ones, by whatever way it comes to them.
afterAll(() => {
  vi.doUnmock("./byte-request.ts");
  vi.doUnmock("../../../api/files.ts");
  vi.unstubAllGlobals();
  vi.resetModules();
});

describe("a batch of small files", () => {
  test("is one tar archive, and told file by file", async () => {
    let got: Blob | undefined;
    put.mockImplementation(async (_, __, { body, onProgress }) => {
      got = body;
      onProgress?.((body?.size ?? 0) / 2);
      return answered;
    });
    const { outcomes, progress } = send();
    expect(await outcomes).toEqual(["done", "done", "done"]);
    expect(put.mock.calls[0]?.slice(0, 2)).toEqual(["PUT", "/api/stoa/v1/workspaces/7/files/batch?on_conflict=refuse"]);
    const entries = await unpackTar(await (got as Blob).arrayBuffer());
    expect(entries.map(({ header, data }) => [header.name, new TextDecoder().decode(data)])).toEqual([
      ["a.txt", "aaaa"],
      ["زیر/b.txt", "bb"],
      ["زیر/c.txt", ""],
    ]);
    expect(progress.mock.calls).toEqual([
      [0, 3],
      [1, 0],
      [2, 0],
    ]);
  });

  test("finds out whose name is taken", async () => {
    put.mockRejectedValue(refusal(409));
    folder(["زیر/b.txt", 2]);
    expect(await send().outcomes).toEqual(["again", "taken", "again"]);
  });

  test("looks at each alone when it is no name, or too much to look through", async () => {
    put.mockRejectedValue(refusal(409));
    expect(await send().outcomes).toEqual(["alone", "alone", "alone"]);
    expect(await send(batch, "replace").outcomes).toEqual(["alone", "alone", "alone"]);
    vi.mocked(files.namesIn).mockResolvedValue(null);
    expect(await send().outcomes).toEqual(["alone", "alone", "alone"]);
    put.mockRejectedValue(refusal(422));
    expect(await send().outcomes).toEqual(["alone", "alone", "alone"]);
  });

  test("fails as a whole for what is nobody's own fault", async () => {
    put.mockRejectedValue(refusal(507));
    await expect(send().outcomes).rejects.toMatchObject({ status: 507 });
  });

  test("knows its own again when only the answer was lost", async () => {
    put.mockRejectedValueOnce(refusal(0)).mockRejectedValue(refusal(409));
    folder(["a.txt", 4], ["زیر/b.txt", 2], ["زیر/c.txt", 9]);
    const digests: Record<string, string> = { "a.txt": "aaaa", "زیر/b.txt": "xx" };
    vi.mocked(files.checksum).mockImplementation(async (_, path) => ({
      digest: createHash("sha256")
        .update(digests[path] ?? "")
        .digest("hex"),
    }));
    // The second is somebody else's of the same size, the third of another size.
    expect(await send().outcomes).toEqual(["done", "taken", "taken"]);
  });
});
