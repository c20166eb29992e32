import { StoaError } from "../../platform/errors/stoa-error.ts";

/** Contract 3's exact words. Programs compare them. */
export const successful = "Successful.";
export const noneFound = "Shared workspace matching given parameters could not be found.";
export const accepted = "Successful accept.";
export const queuedForDeletion = (id: number): string => `Shared workspace ${id} queued for deletion.`;

export const refusals = {
  missingFields: "Missing required fields.",
  idsNotList: "shared_user_ids is not a list.",
  invalidUser: "Invalid user id provided.",
  invalidPutType: "Invalid PUT type passed.",
  alreadyAccepted: (id: number) => `Shared workspace ${id} has been accepted and cannot be deleted.`,
  notAccepted: (id: number) => `Workspace ${id} is a shared workspace and has not been accepted.`,
  hasPending: (id: number) =>
    `Workspace ${id} has shared workspaces associated with it, that have not yet been accepted. ` +
    "Please cancel those shares to delete this workspace.",
} as const;

/** @param id as it stands in the address */
export function shareNotFound(id: string | number): StoaError {
  return new StoaError("not_found", { message: `Shared workspace ${id} not found.` });
}

export function notPermitted(id: number): StoaError {
  return new StoaError("forbidden", { message: `User does not have permissions for shared workspace ${id}.` });
}
