import type { AccountsContext } from "./context.ts";
import type { PersonalTokens } from "./personal-tokens/personal-tokens.ts";
import type { SignIn } from "./sign-in/sign-in.ts";

/** What the routes of this domain are functions of. */
export interface AccountsServices {
  readonly context: AccountsContext;
  readonly signIn: SignIn;
  readonly personalTokens: PersonalTokens;
}
