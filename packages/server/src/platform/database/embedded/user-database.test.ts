import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { temporaryDataDir } from "../../../testing/spawn-embedded.ts";
import { addAccount, findAccount } from "./user-database.ts";

test("a locked account is appended under a free number, once, and nothing else is touched", async () => {
  const etc = await temporaryDataDir();
  const passwd = "root:x:0:0::/root:/bin/sh\nx:x:998:5::/:/bin/sh";
  await writeFile(path.join(etc.path, "passwd"), passwd);
  await writeFile(path.join(etc.path, "group"), "root:x:0:\ny:x:997:\n");
  expect(await findAccount("stoa-postgres", etc.path)).toBeNull();
  await addAccount("stoa-postgres", etc.path);
  await addAccount("stoa-postgres", etc.path);
  expect(await findAccount("stoa-postgres", etc.path)).toEqual({ uid: 996, gid: 996 });
  expect(await readFile(path.join(etc.path, "passwd"), "utf8")).toBe(
    `${passwd}\nstoa-postgres:x:996:996::/nonexistent:/bin/false\n`,
  );
  expect(await readFile(path.join(etc.path, "group"), "utf8")).toBe("root:x:0:\ny:x:997:\nstoa-postgres:x:996:\n");
  await etc.remove();
});
