import { describe, expect, test, vi } from "vitest";
import { ApiError } from "../../../api/api-error.ts";
import { makeUploadQueue, type SendFile, type UploadQueue } from "./upload-queue.ts";

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
    queue.add(1, "", [file("c")]);
    await until(queue, ["a skipped", "b skipped", "c asking"]);
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
    expect(queue.items()[0]?.reason).toBe("The disk is full.");
    full = false;
    queue.retry(queue.items()[0]?.id ?? 0);
    await until(queue, ["a done"]);
    queue.clear(1);
    expect(queue.items()).toEqual([]);
  });
});
