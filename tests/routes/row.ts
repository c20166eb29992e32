import type { Ground, Person } from "./ground.ts";

/** Valid input for one route, with all that it needs made beforehand. */
export interface Call {
  /** Whose call it is, where it is neither the owner's nor the administrator's. */
  readonly as?: Person;
  /** For `:id` and the like in the address. */
  readonly params?: Readonly<Record<string, string | number>>;
  /** With the question mark. */
  readonly query?: string;
  /** JSON; bytes and texts as they are, then `type` says what they are. */
  readonly body?: unknown;
  readonly type?: string;
  /** `name=value`, where a cookie is part of the call. */
  readonly cookie?: string;
  /** Besides those that every call sends. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Stands in the owner's answer, and in nobody else's. */
  readonly shows?: string;
}

/** What somebody else gets who makes the very same call. */
export type Others =
  /** The contract's own refusal, the same as for what is not there at all. */
  | {
      readonly refused: number;
      readonly says: (call: Call) => object;
      /** The call with something in the place of what is the owner's that does not exist. */
      readonly absent: Partial<Call>;
    }
  /** An answer of their own, without what is the owner's (`shows`). */
  | "without it"
  /** It is for administrators. */
  | "administrators only"
  /** Nothing of anybody else's can be reached by it: why. */
  | { readonly nobodyElses: string };

/** How a route is called, and what it is to answer whom. */
export interface Row {
  /** Method and pattern, without a closing slash. */
  readonly route: string;
  /** What the owner gets. */
  readonly status: number;
  /** Made once for the row, by its first test. */
  readonly call: (ground: Ground) => Promise<Call> | Call;
  readonly others: Others;
  /** Only for somebody signed in: no personal token does, whatever its scopes. */
  readonly signIn?: true;
  /** Not by an access token either: from a browser that is signed in to the portal. */
  readonly fromBrowser?: true;
  /** An answer without end: as much is read as shows the thing. */
  readonly endless?: true;
}

/** The same, for what everybody may call. */
export interface PublicRow extends Omit<Row, "others" | "signIn" | "fromBrowser" | "endless"> {
  /** Why nobody has to say who they are. */
  readonly why: string;
}

export function addressOf(route: string, { params = {}, query = "" }: Call): string {
  const pattern = route.slice(route.indexOf(" ") + 1);
  const filled = pattern.replace(/:(\w+)|\*/g, (_, name: string | undefined) =>
    encodeURIComponent(String(params[name ?? "*"])),
  );
  return filled + query;
}

export const methodOf = (route: string): string => route.slice(0, route.indexOf(" "));
