import { withNames } from "@stoa/server/workspaces/details/shown-names.ts";
import type { CurrentDetails, RequestDetails } from "@stoa/server/workspaces/tables.ts";
import { asObject } from "../../importing/foreign-values.ts";
import { asList } from "../source/read-values.ts";

/** Links that a workspace was asked for with: as many as anybody wrote by hand. */
const MOST_LINKS = 1_000;

/** `workspace_details` of the old service, as far as it is what its contract says. */
export function detailsOf(details: Readonly<Record<string, unknown>>): {
  readonly requestDetails: RequestDetails;
  readonly currentDetails: CurrentDetails;
} {
  const request = asObject(details.request_workspace_details);
  const current = asObject(details.current_workspace_details);
  const links = { files: [], symlinks: namesOf(current.symlinks) };
  const requested = withNames({ files: [], symlinks: [] }, textsOf(request.files));
  const symlinks = asList(request.symlinks).slice(0, MOST_LINKS).map(asObject);
  return {
    requestDetails: { files: requested.files, symlinks },
    currentDetails: withNames(links, textsOf(current.files)),
  };
}

function namesOf(value: unknown): { name: string }[] {
  return textsOf(value).map((name) => ({ name }));
}

function textsOf(value: unknown): string[] {
  return asList(value).flatMap((entry) => {
    const { name } = asObject(entry);
    return typeof name === "string" && name !== "" ? [name] : [];
  });
}
