import type { Workspace } from "../api/types.ts";
import { lastUsed } from "../api/workspaces.ts";

export const orders = ["used", "name", "size"] as const;

/** How one's workspaces are shown. */
export interface WorkspacesView {
  readonly look: "list" | "grid";
  readonly order: (typeof orders)[number];
}

/** What of a kept choice makes sense. */
export function readView(kept: unknown): WorkspacesView {
  const { look, order } = (typeof kept === "object" && kept !== null ? kept : {}) as Partial<
    Record<keyof WorkspacesView, unknown>
  >;
  return { look: look === "grid" ? "grid" : "list", order: orders.find((one) => one === order) ?? "used" };
}

/** Last used first, by name as people count, or largest first. */
export function arrange(all: readonly Workspace[], order: WorkspacesView["order"], language: string): Workspace[] {
  const collator = new Intl.Collator(language, { numeric: true, sensitivity: "base" });
  const byName = (a: Workspace, b: Workspace) => collator.compare(a.name, b.name) || a.id - b.id;
  const by = {
    used: (a: Workspace, b: Workspace) => lastUsed(b).localeCompare(lastUsed(a)),
    name: byName,
    size: (a: Workspace, b: Workspace) => b.disk_space - a.disk_space,
  }[order];
  return all.toSorted((a, b) => by(a, b) || byName(a, b));
}

/** Whether its name or description has these letters. */
export function matches({ name, description }: Workspace, text: string): boolean {
  const wanted = text.trim().toLocaleLowerCase();
  return wanted === "" || `${name}\n${description}`.toLocaleLowerCase().includes(wanted);
}
