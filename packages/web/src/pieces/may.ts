import type { SessionStatus, Workspace } from "../api/types.ts";

/** "May I do this now": for each action the states in which it is possible. One table; the server decides in the end. */
const allowed = {
  "session.stop": ["pending", "running"] satisfies SessionStatus[],
  "session.attach": ["pending", "running", "stopping"] satisfies SessionStatus[],
  "session.openTab": ["running"] satisfies SessionStatus[],
  "workspace.start": ["idle", "active", "initializing"] satisfies Workspace["status"][],
  "workspace.delete": ["idle", "error", "initializing"] satisfies Workspace["status"][],
  "workspace.share": ["idle", "active"] satisfies Workspace["status"][],
  "workspace.write": ["idle", "active", "error"] satisfies Workspace["status"][],
} as const;

export type Action = keyof typeof allowed;

export function may(action: Action, state: string): boolean {
  const possible: readonly string[] = allowed[action];
  return possible.includes(state);
}
