import { mkdirSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import type { SessionAccount } from "../../contract.ts";

/** The server's own account, with a home for one person, which is made when absent: nobody else's sessions see it. */
export function sandboxAccount(homes: string, ownerId: number): SessionAccount {
  const home = join(homes, String(ownerId));
  mkdirSync(join(home, "tmp"), { recursive: true, mode: 0o700 });
  return { name: userInfo().username, home };
}
