import type { Trx } from "../platform/database/database.ts";
import type { Platform } from "../platform/platform.ts";
import type { NewcomerAccount } from "./account-part.ts";
import type { PasswordHasher } from "./passwords/password-hasher.ts";
import type { AccountsDb } from "./tables.ts";

/** What every part of the accounts domain is a function of. */
export interface AccountsContext {
  readonly platform: Platform;
  readonly db: AccountsDb;
  readonly hasher: PasswordHasher;
  /** Gives a new person what each domain gives them, in the transaction that makes the account. */
  welcome(trx: Trx, person: NewcomerAccount): Promise<void>;
}
