import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeDirectory } from "../../../testing/remove-directory.ts";
import type { Command } from "../../hosts/command.ts";
import { createCommandHost } from "../../hosts/command-host.ts";
import type { StorageHost } from "../../hosts/contract.ts";
import { runCommand } from "../../hosts/run-command.ts";
import { describeDriver } from "../contract-suite.ts";
import type { Ground } from "../testing-ground.ts";
import { createFolderGround, PLAIN } from "./testing-posix-ground.ts";

const isRoot = process.getuid?.() === 0;
/** Nobody's. */
const PLAIN_UID = 64_123;

/** A folder of this machine's; `asUid`: with that one's rights and no others, which root alone can take on. */
async function localGround(asUid: number | null): Promise<Ground> {
  const base = mkdtempSync(join(tmpdir(), "stoa-posix-"));
  chmodSync(base, 0o711);
  if (asUid !== null) execFileSync("chown", [`${asUid}:${asUid}`, base]);
  const command = (program: string, args: readonly string[], uid: number | null): Command => {
    if (uid === null || !isRoot) return { program, args };
    return { program: "setpriv", args: [`--reuid=${uid}`, `--regid=${uid}`, "--clear-groups", "--", program, ...args] };
  };
  const openHost = (): StorageHost =>
    createCommandHost({
      ...{ backend: "posix", base, width: 8 },
      run: (given, limits) => runCommand({ ...given, ...command(given.program, given.args, asUid) }, limits),
    });
  return createFolderGround({
    base,
    openHost,
    run: (program, args, as) =>
      runCommand(command(program, args, as?.uid ?? asUid), { time: 60_000, signal: undefined }),
    remove: () => removeDirectory(base),
  });
}

if (isRoot) {
  describeDriver("posix as root", () => localGround(null), { capabilities: PLAIN, folders: true, asRoot: true });
}
const asUid = isRoot ? PLAIN_UID : null;
describeDriver("posix as nobody in particular", () => localGround(asUid), {
  ...{ capabilities: PLAIN, folders: true, asRoot: false },
});
