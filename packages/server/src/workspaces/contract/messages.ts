import { StoaError } from "../../platform/errors/stoa-error.ts";
import { NoSystemAccount } from "../../platform/processes/no-system-account.ts";

/** Contract 3's exact words. Programs compare them. */
export const successful = "Successful.";
export const noneFound = "Workspace matching given parameters could not be found.";
export const updated = "Update successful.";
export const uploaded = "Successful upload.";
export const queuedForDeletion = (id: number): string => `Workspace ${id} queued for deletion.`;

/** @param id as it stands in the address */
export function notFoundForUser(id: string | number): StoaError {
  return new StoaError("not_found", { message: `Workspace ${id} not found for user.` });
}

export const refusals = {
  missingFields: "Missing required fields.",
  detailsNotJson: "Workspace details not JSON.",
  symlinksNotList: "'symlinks' index must contain a list.",
  filesNotList: "'files' index must contain a list.",
  fileDots: "File name cannot contain double dots.",
  symlinkDots: "Symlink name cannot contain double dots.",
  jobsRunning: "Cannot delete workspace, jobs are running for this workspace.",
  noFiles: "No files found in request.",
  tooManyFiles: (most: number) => `One request takes ${most} files at most.`,
  invalidPutType: "Invalid PUT type passed.",
  unknownJobType: (type: string) => `${type} is not in the list of available job types.`,
  symlinkMissing: (path: string) => `Symlink path not found: ${path}`,
  noUser: "User could not be found/created on main storage system.",
  symlinkDestination: (name: string) => `Invalid symlink destination path specified ${name}`,
} as const;

/** A person for whom no work on files can be begun: the contract's words, where it makes or changes a workspace. */
export async function orNoUser<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof NoSystemAccount ? refused(refusals.noUser) : error;
  }
}

/** A refusal by the request's own fault: 400 with the contract's words. */
export function refused(message: string): StoaError {
  return new StoaError("invalid", { message });
}
