import type { OperationReference } from "./platform/operations/thin.ts";

/** Where the domains keep an operation's id: what is still needed is not thinned. A test finds what is missing. */
export const operationReferences: readonly OperationReference[] = [
  { table: "accounts", column: "deletion_operation_id" },
  // Whoever launches meanwhile joins the one that goes on.
  { table: "hub_launches", column: "operation_id", while: "r.state in ('queued', 'asked')" },
  // What undoing puts back goes with the operation, but not before everybody was come to.
  { table: "people_changes", column: "operation_id", while: "r.outcome is null" },
  // Whom one that ended has not made is forgotten: nothing of it is needed.
  { table: "people_imports", column: "operation_id", while: "false" },
  // What it has moved is known without it.
  { table: "storage_moves", column: "operation_id", while: "r.state <> 'moved'" },
  { table: "uploads", column: "operation_id" },
  // Who shared looks at it, and tries again, until the share is answered.
  { table: "workspace_shares", column: "operation_id", while: "r.answer is null" },
];
