import { readFileSync } from "node:fs";
import { glob } from "node:fs/promises";
import path from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createTestDatabase } from "../testing/test-database.ts";
import type { WorkspaceContext } from "./context.ts";
import type { FileWork } from "./file-work/contract.ts";
import { transactAs } from "./transact-as.ts";

describe("transactions that wait for a person's files", () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let context: Pick<WorkspaceContext, "db" | "files">;
  beforeAll(async () => {
    database = await createTestDatabase();
    context = { db: database.db as WorkspaceContext["db"], files: {} as FileWork };
  });
  afterAll(() => database.drop());

  it("are few of one person, however many are asked for, and others' go on", async () => {
    const { promise: stuck, resolve: letGo } = Promise.withResolvers<void>();
    let begun = 0;
    const all = Array.from({ length: 30 }, () =>
      transactAs(context, 1, async () => {
        begun += 1;
        await stuck;
        return begun;
      }),
    );
    expect(await transactAs(context, 2, async () => "other")).toBe("other");
    await expect.poll(() => begun).toBe(2);
    letGo();
    await Promise.all(all);
    expect(begun).toBe(30);
  });

  it("hold their files before they have a connection: as many as there are connections don't wait for one more", async () => {
    const held = new Set<number>();
    const ask = () => database.pool.query("select pg_sleep(0.02)");
    const files = {
      async hold(accountId: number) {
        await ask();
        held.add(accountId);
        return { release: () => void held.delete(accountId) };
      },
      // As work on files does where nobody has asked yet.
      run: async (accountId: number) => void (held.has(accountId) || (await ask())),
    } as unknown as FileWork;
    const people = Array.from({ length: database.pool.options.max }, (_, n) => 100 + n);
    const began = performance.now();
    await Promise.all(
      people.map((id) =>
        transactAs({ ...context, files }, id, async (trx) => {
          await sql`select pg_sleep(0.2)`.execute(trx);
          await files.run(id, "sweepStaging", {} as never);
        }),
      ),
    );
    expect(performance.now() - began).toBeLessThan(4_000);
    expect(held.size).toBe(0);
  });

  it("go on after one that failed", async () => {
    const failing = Array.from({ length: 5 }, () => transactAs(context, 3, () => Promise.reject(new Error("no"))));
    expect((await Promise.allSettled(failing)).every(({ status }) => status === "rejected")).toBe(true);
    expect(await transactAs(context, 3, async () => "yes")).toBe("yes");
  });

  it("are not waited for longer than a minute", async () => {
    const { promise: stuck, resolve: letGo } = Promise.withResolvers<void>();
    const held = [1, 2].map(() => transactAs(context, 4, () => stuck));
    vi.useFakeTimers();
    const third = transactAs(context, 4, async () => "late");
    const refused = expect(third).rejects.toMatchObject({ code: "unavailable" });
    vi.advanceTimersByTime(61_000);
    await refused;
    vi.useRealTimers();
    letGo();
    await Promise.all(held);
    expect(await transactAs(context, 4, async () => "next")).toBe("next");
  });

  /** Their file work comes after the commit or before the transaction, or is an operation's, of which few run. */
  const elsewhere = new Set([
    "details/scan-queue.ts",
    "files-api/copy-entry.ts",
    "import/take-workspace.ts",
    "rescue/erase-for-good.ts",
    "transfers/unpack-operation.ts",
    "trash/purge.ts",
    "trash/settle.ts",
  ]);

  it("are all of them made this way", async () => {
    const plain: string[] = [];
    for await (const file of glob("**/*.ts", { cwd: import.meta.dirname })) {
      const text = readFileSync(path.join(import.meta.dirname, file), "utf8");
      if (/test/.test(file) || !/db\s*\.transaction\(\)/.test(text)) continue;
      if (/files\s*\.run\(|placeInWorkspace|finishTree|giveName/.test(text) && !elsewhere.has(file)) plain.push(file);
    }
    expect(plain).toEqual([]);
  });
});
