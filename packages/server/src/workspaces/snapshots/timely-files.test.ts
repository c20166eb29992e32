import { expect, it } from "vitest";
import type { FileWork } from "../file-work/contract.ts";
import { timelyFiles } from "./timely-files.ts";

const place = { workspace: 1, parts: ["a"] };

it("leaves nobody waiting, and closes what opens too late", async () => {
  const late = Promise.withResolvers<unknown>();
  const closed = Promise.withResolvers<string>();
  const hung = { run: () => late.promise, open: () => late.promise } as unknown as FileWork;
  const files = timelyFiles(hung, 10);
  await expect(files.run(1, "describeEntry", place)).rejects.toMatchObject({ code: "unavailable" });
  await expect(files.open(1, "downloadFile", place)).rejects.toMatchObject({ code: "unavailable" });
  late.resolve({ head: {}, bytes: { [Symbol.asyncDispose]: async () => closed.resolve("closed") } });
  expect(await closed.promise).toBe("closed");
});

it("passes on what comes in time, and what fails", async () => {
  const files = timelyFiles({
    run: async () => ({ name: "a" }),
    open: async () => {
      throw new Error("as it is");
    },
  } as unknown as FileWork);
  expect(await files.run(1, "describeEntry", place)).toEqual({ name: "a" });
  await expect(files.open(1, "downloadFile", place)).rejects.toThrow("as it is");
});
