import { StoaError } from "../../platform/errors/stoa-error.ts";

/** Contract 3's exact words. Programs compare them. */
export const words = {
  successful: "Successful.",
  started: "Successful start.",
  queuedToStop: "Job queued to stop.",
  stopped: "Successful stop.",
  noneFound: "Job matching given parameters could not be found.",
  failed: "This job has failed. Support team has been notified and will investigate the error.",
  ready: "Webserver ready.",
  notReady: "Webserver not ready.",
  noUrl: "No url found.",
} as const;

const refused = (message: string): StoaError => new StoaError("invalid", { message });

export const startRefusals = {
  workspaceNotFound: (id: number | string) =>
    new StoaError("not_found", { message: `Workspace ${id} not found for user.` }),
  missingJobType: () => refused("Missing job_type and no default job type set on workspace."),
  unknownJobType: (id: string) => refused(`${id} is not in the list of available job types.`),
  improperlyConfigured: () =>
    refused("Job Type improperly configured. Please contact a system administrator to resolve this."),
  detailsNotJson: () => refused("Job details not JSON."),
  detailsTooLong: (length: number, most: number) =>
    refused(`Job details of ${length} characters above maximum of ${most}.`),
  optionsNotJson: () => refused("Resource options not JSON."),
};

export const stopRefusals = {
  notFound: (id: number | string) => new StoaError("not_found", { message: `Job ${id} not found for user.` }),
  notRunning: () => refused("This job is not running or pending."),
  invalidPutType: () => refused("Invalid PUT type passed."),
};
