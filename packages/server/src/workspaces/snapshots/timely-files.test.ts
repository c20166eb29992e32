import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import type { FileWork, WorkOptions } from "../file-work/contract.ts";
import { timelyFiles } from "./timely-files.ts";

const place = { workspace: 1, parts: ["a"] };
const copy = { from: place, name: "copy" };
const late = { code: "unavailable", details: { what: "The snapshot" } };

/** Work as the test has it. */
function filesThat(work: (io: WorkOptions, name: string) => Promise<unknown>): FileWork {
  const call = (_accountId: number, name: string, _args: unknown, io: WorkOptions) => work(io, name);
  return { run: call, open: call } as unknown as FileWork;
}

it("leaves nobody waiting, tells what hangs to end, and closes what opens too late", async () => {
  const opening = Promise.withResolvers<unknown>();
  const closed = Promise.withResolvers<string>();
  const told: (AbortSignal | undefined)[] = [];
  const hung = filesThat(({ signal }) => {
    told.push(signal);
    return opening.promise;
  });
  const files = timelyFiles(hung, { patience: { answer: 10 } });
  await expect(files.run(1, "describeEntry", place)).rejects.toMatchObject(late);
  await expect(files.open(1, "downloadFile", place)).rejects.toMatchObject(late);
  expect(told.map((signal) => signal?.aborted)).toEqual([true, true]);
  opening.resolve({ head: {}, bytes: { [Symbol.asyncDispose]: async () => closed.resolve("closed") } });
  expect(await closed.promise).toBe("closed");
});

it("passes on what comes in time, what fails, and that its caller gave it up", async () => {
  const files = timelyFiles(filesThat(async () => ({ name: "a" })));
  expect(await files.run(1, "describeEntry", place)).toEqual({ name: "a" });
  const failing = timelyFiles(filesThat(() => Promise.reject(new Error("as it is"))));
  await expect(failing.open(1, "downloadFile", place)).rejects.toThrow("as it is");
  const waiting = timelyFiles(
    filesThat(({ signal }) => new Promise((_, reject) => signal?.addEventListener("abort", () => reject(new Error())))),
  );
  const caller = new AbortController();
  const looking = waiting.run(1, "describeEntry", place, { signal: caller.signal });
  caller.abort(new Error("went away"));
  await expect(looking).rejects.toThrow("went away");
});

it("waits for a download's reader as long as they like, and for its next piece no longer than it may take", async () => {
  const ended = Promise.withResolvers<string>();
  let told: AbortSignal | undefined;
  const pieces = [Buffer.from("a"), Buffer.from("b")];
  const bytes = {
    [Symbol.asyncIterator]: () => ({
      next: async () => ({ done: false, value: pieces.shift() ?? (await new Promise<never>(() => undefined)) }),
    }),
    [Symbol.asyncDispose]: async () => ended.resolve("ended"),
  };
  const files = timelyFiles(
    filesThat(async ({ signal }) => {
      told = signal;
      return { head: {}, bytes };
    }),
    { patience: { answer: 20, piece: 20 } },
  );
  const opened = await files.open(1, "downloadFile", place);
  const reader = opened.bytes[Symbol.asyncIterator]();
  await reader.next();
  await sleep(60);
  expect(String((await reader.next()).value)).toBe("b");
  expect(told?.aborted).toBe(false);
  await expect(reader.next()).rejects.toMatchObject(late);
  expect(told?.aborted).toBe(true);
  expect(await ended.promise).toBe("ended");
});

it("lets a copy go on while it gets on, and gives up one that does not", async () => {
  let hangs = false;
  const files = timelyFiles(
    filesThat(async ({ onProgress }) => {
      if (hangs) return new Promise(() => undefined);
      for (let step = 1; step <= 8; step += 1) {
        await sleep(40);
        onProgress?.({ bytes: step, files: 0 });
      }
      return { files: 1, bytes: 8, skipped: 0 };
    }),
    { patience: { answer: 1, progress: 200, end: 10 } },
  );
  expect(await files.run(1, "stageCopy", copy)).toMatchObject({ bytes: 8 });
  hangs = true;
  await expect(files.run(1, "stageCopy", copy)).rejects.toMatchObject(late);
});

it("gives a copy time to tidy up before anybody takes it for ended", async () => {
  let isTidy = false;
  const files = timelyFiles(
    filesThat(async ({ signal }) => {
      await new Promise((resolve) => signal?.addEventListener("abort", resolve));
      await sleep(50);
      isTidy = true;
      throw new Error("gave up");
    }),
    { patience: { progress: 10, end: 10_000 } },
  );
  await expect(files.run(1, "stageCopy", copy)).rejects.toMatchObject(late);
  expect(isTidy).toBe(true);
});

it("asks no more of what hung once, where all of it is in one place", async () => {
  const asked: string[] = [];
  const hung = filesThat((_io, name) => {
    asked.push(name);
    return new Promise(() => undefined);
  });
  const files = timelyFiles(hung, { together: true, patience: { answer: 10 } });
  await expect(files.run(1, "describeEntry", place)).rejects.toMatchObject(late);
  await expect(files.run(1, "stageCopy", copy)).rejects.toMatchObject(late);
  await expect(files.open(1, "downloadFile", place)).rejects.toMatchObject(late);
  expect(asked).toEqual(["describeEntry"]);
});
