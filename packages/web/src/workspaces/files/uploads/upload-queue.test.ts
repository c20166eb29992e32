import { describe, expect, test, vi } from "vitest";
import { ApiError } from "../../../api/api-error.ts";
import { makeUploadQueue, type Outcome, type SendBatch, type SendFile, type UploadQueue } from "./upload-queue.ts";

const taken = () => new ApiError({ status: 409, code: "conflict", message: "It is there already." });
const file = (path: string, text = "x") => ({ path, file: new File([text], path) });
const states = (queue: UploadQueue) => queue.items().map(({ path, state }) => `${path} ${state}`);
const until = (queue: UploadQueue, wanted: string[]) => vi.waitFor(() => expect(states(queue)).toEqual(wanted));

/** A server with these names taken. */
function serverWith(...names: string[]): { send: SendFile; got: string[] } {
  const got: string[] = [];
  return {
    got,
    send: async (_, path, __, { onConflict, progress }) => {
      if (names.includes(path) && onConflict === undefined) throw taken();
      progress(1);
      got.push(`${path} ${onConflict ?? "new"}`);
    },
  };
}

describe("the upload queue", () => {
  test("brings files below the folder they were dropped on", async () => {
    const { send, got } = serverWith();
    const done = vi.fn();
    const queue = makeUploadQueue(send, { tellEvery: 0, onDone: done });
    queue.add(7, "in", [file("a"), file("deep/b")]);
    await until(queue, ["in/a done", "in/deep/b done"]);
    expect(got).toEqual(["in/a new", "in/deep/b new"]);
    expect(done).toHaveBeenCalledWith(7);
  });

  test("asks about a taken name, and goes on with the others meanwhile", async () => {
    const { send, got } = serverWith("a");
    const queue = makeUploadQueue(send, { tellEvery: 0, atOnce: 1 });
    queue.add(1, "", [file("a"), file("b")]);
    await until(queue, ["a asking", "b done"]);
    queue.answer(queue.items()[0]?.id ?? 0, "keep_both", false);
    await until(queue, ["a done", "b done"]);
    expect(got).toEqual(["b new", "a keep_both"]);
  });

  test("one answer serves all that were dropped together, and no others", async () => {
    const { send } = serverWith("a", "b", "c");
    const queue = makeUploadQueue(send, { tellEvery: 0, atOnce: 1 });
    queue.add(1, "", [file("a"), file("b")]);
    await until(queue, ["a asking", "b asking"]);
    queue.answer(queue.items()[0]?.id ?? 0, "skip", true);
    await until(queue, ["a skipped", "b skipped"]);
    queue.add(1, "", [file("c")]);
    await until(queue, ["c asking"]);
  });

  test("sends no more at once than it should, and stops what is stopped", async () => {
    let sending = 0;
    let most = 0;
    const queue = makeUploadQueue(
      async (_, __, ___, { signal }) => {
        most = Math.max(most, ++sending);
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        sending--;
        signal.throwIfAborted();
      },
      { tellEvery: 0, atOnce: 2 },
    );
    queue.add(1, "", [file("a"), file("b"), file("c")]);
    queue.add(2, "", [file("d")]);
    await vi.waitFor(() => expect(sending).toBe(2));
    queue.stopAll(1);
    await vi.waitFor(() => expect(states(queue)).toEqual(["d sending"]));
    expect([most, sending]).toEqual([2, 1]);
  });

  test("begins a new list when all of the last one is there", async () => {
    const { send } = serverWith("c");
    const queue = makeUploadQueue(send, { tellEvery: 0 });
    queue.add(1, "", [file("a")]);
    await until(queue, ["a done"]);
    queue.add(1, "", [file("b"), file("c")]);
    await until(queue, ["b done", "c asking"]);
    queue.add(1, "", [file("d")]);
    await until(queue, ["b done", "c asking", "d done"]);
  });

  test("keeps what failed with its reason, until it is tried again", async () => {
    let full = true;
    const queue = makeUploadQueue(
      async () => {
        if (full) throw new ApiError({ status: 507, code: "disk_full", message: "The disk is full." });
      },
      { tellEvery: 0 },
    );
    queue.add(1, "", [file("a")]);
    await until(queue, ["a failed"]);
    expect(queue.items()[0]?.error?.message).toBe("The disk is full.");
    full = false;
    queue.retry(queue.items()[0]?.id ?? 0);
    await until(queue, ["a done"]);
    queue.clear(1);
    expect(queue.items()).toEqual([]);
  });
});

describe("small files", () => {
  const calls: string[][] = [];
  /** Answers each batch in turn; the files' names go to `calls`. */
  const answering = (...answers: ((paths: string[]) => Outcome[] | Error)[]): SendBatch => {
    calls.length = 0;
    return async (_, files, { onConflict, progress }) => {
      const paths = files.map(({ path }) => path);
      calls.push([onConflict ?? "new", ...paths]);
      files.forEach((_file, at) => void progress(at, 1));
      const answer = (answers.shift() ?? (() => paths.map(() => "done" as const)))(paths);
      if (answer instanceof Error) throw answer;
      return answer;
    };
  };
  const all = (outcome: Outcome) => (paths: string[]) => paths.map(() => outcome);
  const large = { path: "large", file: new File([new Uint8Array(300_000)], "large") };

  test("go together, large ones alone", async () => {
    const { send, got } = serverWith();
    const queue = makeUploadQueue(send, { tellEvery: 0, sendBatch: answering() });
    queue.add(1, "in", [file("a"), large, file("deep/b")]);
    await until(queue, ["in/a done", "in/large done", "in/deep/b done"]);
    expect(calls).toEqual([["new", "in/a", "in/deep/b"]]);
    expect(got).toEqual(["in/large new"]);
  });

  test("are no more in one request than a refusal should cost", async () => {
    const { send } = serverWith();
    const queue = makeUploadQueue(send, { tellEvery: 0, sendBatch: answering() });
    queue.add(
      1,
      "",
      Array.from({ length: 900 }, (_, at) => file(`f${at}`)),
    );
    await vi.waitFor(() => expect(queue.items().every(({ state }) => state === "done")).toBe(true));
    expect(calls.map((one) => one.length - 1)).toEqual([400, 400, 100]);
  });

  test("are asked about where their name is taken, and go with the answer together", async () => {
    const { send } = serverWith();
    const taken = (paths: string[]) => paths.map((path): Outcome => (path === "c" ? "again" : "taken"));
    const queue = makeUploadQueue(send, { tellEvery: 0, atOnce: 1, sendBatch: answering(taken) });
    queue.add(1, "", [file("a"), file("b"), file("c")]);
    await until(queue, ["a asking", "b asking", "c done"]);
    queue.answer(queue.items()[0]?.id ?? 0, "replace", true);
    await until(queue, ["a done", "b done", "c done"]);
    expect(calls).toEqual([
      ["new", "a", "b", "c"],
      ["replace", "a", "b"],
    ]);
  });

  test("go alone when their batch is refused, so that each has its own reason", async () => {
    const send: SendFile = async (_, path) => {
      if (path === "bad") throw new ApiError({ status: 400, code: "invalid", message: "Not that name." });
    };
    const queue = makeUploadQueue(send, { tellEvery: 0, sendBatch: answering(all("alone")) });
    queue.add(1, "", [file("a"), file("bad")]);
    await until(queue, ["a done", "bad failed"]);
    expect(queue.items()[1]?.error?.message).toBe("Not that name.");
    expect(calls).toHaveLength(1);
  });

  test("fail together for what is nobody's own fault", async () => {
    const full = new ApiError({ status: 507, code: "disk_full", message: "Full." });
    const queue = makeUploadQueue(serverWith().send, { tellEvery: 0, sendBatch: answering(() => full) });
    queue.add(1, "", [file("a"), file("b")]);
    await until(queue, ["a failed", "b failed"]);
  });

  test("go on without the one that is stopped, which may have arrived", async () => {
    const seen: boolean[][] = [];
    const sendBatch: SendBatch = async (_, files, { signal }) => {
      seen.push(files.map(({ maybeThere }) => maybeThere));
      if (seen.length === 1) await new Promise((resolve) => signal.addEventListener("abort", resolve));
      signal.throwIfAborted();
      return files.map(() => "done");
    };
    const queue = makeUploadQueue(serverWith().send, { tellEvery: 0, sendBatch });
    queue.add(1, "", [file("a"), file("b"), file("c")]);
    await vi.waitFor(() => expect(seen).toHaveLength(1));
    queue.stop(queue.items()[1]?.id ?? 0);
    await until(queue, ["a done", "c done"]);
    expect(seen).toEqual([
      [false, false, false],
      [true, true],
    ]);
  });
});
