/** One thing that was looked at. */
export interface Check {
  /** In a word or two: `disk room`. */
  readonly name: string;
  /** `warn`: it works, but not for long or not well. `fail`: something doesn't work. */
  readonly state: "ok" | "warn" | "fail";
  /** What was found, with figures. */
  readonly found: string;
  /** What to do; null when all is well. */
  readonly fix: string | null;
}

export function ok(name: string, found: string): Check {
  return { name, state: "ok", found, fix: null };
}

export function warn(name: string, found: string, fix: string): Check {
  return { name, state: "warn", found, fix };
}

export function fail(name: string, found: string, fix: string): Check {
  return { name, state: "fail", found, fix };
}
