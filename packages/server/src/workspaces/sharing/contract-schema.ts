import { Type } from "typebox";
import { type Account, emailShownTo, splitName } from "../../accounts/accounts.ts";
import { errorResponse } from "../../platform/http/error-responses.ts";
import type { Direction, ShownShare, WorkspaceView } from "./queries.ts";

const names = Type.Array(Type.Object({ name: Type.String() }));
const User = Type.Object({
  username: Type.String(),
  first_name: Type.String(),
  last_name: Type.String(),
  email: Type.String(),
});
const SideOfShare = Type.Object({
  id: Type.Integer(),
  user_id: User,
  name: Type.String(),
  description: Type.String(),
  workspace_details: Type.Object({
    request_workspace_details: Type.Object({
      files: names,
      symlinks: Type.Array(Type.Unsafe<Record<string, unknown>>({ type: "object", additionalProperties: true })),
    }),
    current_workspace_details: Type.Object({ files: names, symlinks: names }),
  }),
});

export const SharedWorkspace = Type.Object(
  {
    original_workspace_id: SideOfShare,
    shared_workspace_id: SideOfShare,
    last_resource_options: Type.Record(Type.String(), Type.Unknown()),
    last_job_type: Type.Unsafe<string | null>({ type: ["string", "null"] }),
    is_accepted: Type.Boolean(),
    datetime_share_created: Type.String({ format: "date-time", description: "ISO 8601 with milliseconds and Z." }),
  },
  {
    description:
      "A share, as contract 3 shows it. Its id is `shared_workspace_id.id`. The reader's own side is as it is now, the other's as it was when it was shared.",
  },
);

const done = { message: Type.String(), success: Type.Literal(true) };
export const Done = Type.Object(done);
export const ShareList = Type.Object({
  ...done,
  data: Type.Object({
    original_workspaces: Type.Array(SharedWorkspace, { description: "What you share with others." }),
    shared_workspaces: Type.Array(SharedWorkspace, { description: "What others share with you." }),
  }),
});
export const NewShares = Type.Object({
  ...done,
  data: Type.Object({ shared_workspaces: Type.Array(SharedWorkspace) }),
});

/** Written for readers of the API: handlers check by hand, with the contract's words. */
export const ShareFilters = Type.Object({
  is_accepted: Type.Optional(Type.String({ description: "true or false." })),
});
export const ShareAddress = Type.Object({
  id: Type.String({ description: "The shared workspace's number." }),
});
export const PutAddress = Type.Object({ id: Type.String(), other: Type.String() });
export const NewShare = Type.Object({
  original_workspace_id: Type.Integer(),
  shared_user_ids: Type.Array(Type.Integer(), { description: "As `GET /users/` knows them." }),
});
export const Refusal = errorResponse("workspaces");
export const diskFull = { 507: errorResponse("workspaces", 507) };

/** @param people both sides of the share are among them */
export function presentShare(
  share: ShownShare,
  direction: Direction,
  people: ReadonlyMap<number, Account>,
): Type.Static<typeof SharedWorkspace> {
  const [original, shared] = direction === "sent" ? [share.now, share.then] : [share.then, share.now];
  const [sender, receiver] = [people.get(share.sender_id), people.get(share.receiver_id)];
  const viewer = direction === "sent" ? sender : receiver;
  return {
    original_workspace_id: side(share.original_workspace_id, sender, original, viewer),
    shared_workspace_id: side(share.id, receiver, shared, viewer),
    last_resource_options: { ...share.last_resource_options },
    last_job_type: share.last_job_type,
    is_accepted: share.answer === "accepted",
    datetime_share_created: share.created_at.toISOString(),
  };
}

function side(
  id: number,
  person: Account | undefined,
  view: WorkspaceView,
  viewer: Account | undefined,
): Type.Static<typeof SideOfShare> {
  const { name, description, request_details, current_details } = view;
  return {
    id,
    user_id: {
      username: person?.username ?? "",
      ...splitName(person?.fullName ?? ""),
      email: person === undefined ? "" : emailShownTo(viewer, person),
    },
    name,
    description,
    // The row's own lists are passed on as they are.
    workspace_details: {
      request_workspace_details: request_details,
      current_workspace_details: current_details,
    } as Type.Static<typeof SideOfShare>["workspace_details"],
  };
}
