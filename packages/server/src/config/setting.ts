import type { Parser } from "./parsers.ts";

/** What a default may depend on: the machine, and where the server is reachable. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Relative paths start here. */
  readonly cwd: string;
  readonly home: string;
  readonly hostname: string;
  readonly isRoot: boolean;
  /** True when nobody but this machine can reach it: STOA_HOST is loopback and STOA_PUBLIC_URL names no other host. */
  readonly isPrivate: boolean;
  readonly hasPublicUrl: boolean;
  /** True when strangers can make an account. */
  readonly registrationIsOpen: boolean;
}

/** One thing that can be set. Everything else (types, docs page, checks, messages) follows from these. */
export interface Setting<T> {
  readonly kind: "setting";
  readonly env: string;
  /** For the docs page: what it does, with units. One or two sentences. */
  readonly about: string;
  /** Never printed. */
  readonly secret: boolean;
  readonly parser: Parser<NonNullable<T>>;
  readonly fallback: (surroundings: Surroundings) => T;
  /** The default as the docs page says it. */
  readonly fallbackText: string;
  /** Administrators may change it in the portal, and it is honoured at once: whoever uses it reads it each time. */
  readonly live: boolean;
  /** Changed carelessly or by somebody else's browser it opens the server or loses data: asks for the password again. */
  readonly dangerous: boolean;
}

/** The shape of the values, from the shape of the settings. */
export type Infer<S> = S extends Setting<infer T> ? T : { readonly [K in keyof S]: Infer<S[K]> };

interface About {
  readonly env: string;
  readonly about: string;
  readonly secret?: boolean;
  readonly live?: boolean;
  readonly dangerous?: boolean;
}

/** A setting with a fixed default. */
export function setting<T extends NonNullable<unknown>>(
  options: About & { parser: Parser<T>; fallback: NoInfer<T> },
): Setting<T> {
  const { env, about, secret = false, live = false, dangerous = false, parser, fallback } = options;
  const fallbackText = parser.show(fallback);
  return { kind: "setting", env, about, secret, live, dangerous, parser, fallback: () => fallback, fallbackText };
}

/** A setting whose default depends on the surroundings; `fallbackText` tells how. */
export function derived<T>(
  options: About & { parser: Parser<NonNullable<T>>; fallback: (s: Surroundings) => T; fallbackText: string },
): Setting<T> {
  return { kind: "setting", secret: false, live: false, dangerous: false, ...options };
}

/** A setting that may be left out: null then. */
export function optional<T extends NonNullable<unknown>>(options: About & { parser: Parser<T> }): Setting<T | null> {
  const { env, about, secret = false, live = false, dangerous = false, parser } = options;
  return {
    kind: "setting",
    env,
    about,
    secret,
    live,
    dangerous,
    parser,
    fallback: () => null,
    fallbackText: "not set",
  };
}

/** True for a leaf of the table, false for a group of settings. */
export function isSetting(node: object): node is Setting<unknown> {
  return "kind" in node && node.kind === "setting";
}
