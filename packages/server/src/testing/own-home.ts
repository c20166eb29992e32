import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/**
 * Vitest's global set-up, after the one of the test server: a home of the run's own, and empty. What the account keeps
 * in its own (start-up files of its shell, settings of git and ssh) would take part in every program that tests start;
 * and a shell that tests kill may leave a lock there.
 */
export default function makeOwnHome(): () => void {
  const outside = process.env.HOME;
  process.env.HOME = mkdtempSync(path.join(tmpdir(), "home-"));
  // Also for those whom root's tests start programs as.
  chmodSync(process.env.HOME, 0o711);
  return () => {
    if (outside === undefined) delete process.env.HOME;
    else process.env.HOME = outside;
  };
}
