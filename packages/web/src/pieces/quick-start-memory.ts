import { givenOptions, type ResourceOptions } from "../api/sessions.ts";

const anywhere = (type: string) => `stoa.options.${type}`;
const inOne = (workspaceId: number, type: string) => `stoa.options.${workspaceId}.${type}`;

/**
 * The resource options chosen last for this job type in this browser: in this workspace, else in whichever; none at
 * first, which means the server's defaults.
 */
export function lastOptions(workspaceId: number | null, type: string): ResourceOptions {
  const here = workspaceId === null ? null : read(inOne(workspaceId, type));
  return here ?? read(anywhere(type)) ?? {};
}

export function rememberOptions(workspaceId: number, type: string, options: ResourceOptions): void {
  try {
    const text = JSON.stringify(options);
    localStorage.setItem(inOne(workspaceId, type), text);
    localStorage.setItem(anywhere(type), text);
  } catch {
    // Not kept then.
  }
}

function read(key: string): ResourceOptions | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? "null");
    return typeof kept === "object" && kept !== null ? givenOptions(kept) : null;
  } catch {
    return null;
  }
}
