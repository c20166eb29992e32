import type { ResourceOptions } from "../api/sessions.ts";

const key = (type: string) => `stoa.options.${type}`;

/** The resource options chosen last for this job type in this browser; none at first: the server's defaults. */
export function lastOptions(type: string): ResourceOptions {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key(type)) ?? "{}");
    if (typeof kept !== "object" || kept === null) return {};
    return Object.fromEntries(
      Object.entries(kept).filter(([, value]) => ["number", "boolean", "string"].includes(typeof value)),
    );
  } catch {
    return {};
  }
}

export function rememberOptions(type: string, options: ResourceOptions): void {
  try {
    localStorage.setItem(key(type), JSON.stringify(options));
  } catch {
    // Not kept then.
  }
}
