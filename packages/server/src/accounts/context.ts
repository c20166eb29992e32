import type { Platform } from "../platform/platform.ts";
import type { PasswordHasher } from "./passwords/password-hasher.ts";
import type { AccountsDb } from "./tables.ts";

/** What every part of the accounts domain is a function of. */
export interface AccountsContext {
  readonly platform: Platform;
  readonly db: AccountsDb;
  readonly hasher: PasswordHasher;
}
