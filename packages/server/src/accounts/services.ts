import type { AccountPart } from "./account-part.ts";
import type { AccountsContext } from "./context.ts";
import type { PersonalTokens } from "./personal-tokens/personal-tokens.ts";
import type { SignIn } from "./sign-in/sign-in.ts";
import type { UwsTokens } from "./uws-tokens/uws-tokens.ts";
import type { WebSessions } from "./web-sessions/web-sessions.ts";

/** What the routes of this domain are functions of. */
export interface AccountsServices {
  readonly context: AccountsContext;
  readonly signIn: SignIn;
  readonly webSessions: WebSessions;
  readonly personalTokens: PersonalTokens;
  /** What every domain keeps of people; complete once all have contributed. */
  readonly parts: readonly AccountPart[];
  readonly uwsTokens: UwsTokens;
}
