import type { Static } from "typebox";
import type { SessionsContext } from "../context.ts";
import type { JobSearch, JobsWanted } from "../queries.ts";
import type { SessionsQuery } from "./schema.ts";

type Filter = Omit<Static<typeof SessionsQuery>, "all" | "cursor" | "limit">;

/** What a request for a list narrows it to. @param ownerId null: everybody's */
export async function jobsWanted(
  context: SessionsContext,
  ownerId: number | null,
  { live = false, ended = false, status, job_type: jobType, workspace_id: workspaceId, search = "" }: Filter,
): Promise<JobsWanted> {
  const text = search.trim().normalize("NFC").replaceAll("\0", "");
  return {
    ownerId,
    workspaceId: workspaceId ?? null,
    live,
    ended,
    status: status ?? null,
    jobType: jobType ?? null,
    search: text === "" ? null : await meantBy(context, text, ownerId),
  };
}

/** A number with or without its #, in whichever digits; part of what a program is called; part of a workspace's name. */
async function meantBy(context: SessionsContext, text: string, ownerId: number | null): Promise<JobSearch> {
  const digits = /^#?([0-9۰-۹]{1,15})$/.exec(text)?.[1];
  const wanted = text.toLowerCase();
  return {
    id: digits === undefined ? null : Number(withLatinDigits(digits)),
    jobTypes: [...context.jobTypes.values()]
      .filter(({ id, name }) => `${id}\n${name}`.toLowerCase().includes(wanted))
      .map(({ id }) => id),
    workspaceIds: await context.workspaces.named(text, ownerId),
  };
}

const withLatinDigits = (text: string) => text.replaceAll(/[۰-۹]/g, (digit) => String("۰۱۲۳۴۵۶۷۸۹".indexOf(digit)));
