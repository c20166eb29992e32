import { Type } from "typebox";
import type { Account } from "../../accounts/accounts.ts";
import { SHARE_STATES, type SharePageRow, type ShareState } from "./own-queries.ts";
import { MOST_RECEIVERS } from "./receivers.ts";

const time = Type.String({ format: "date-time" });
const timeOrNull = Type.Unsafe<string | null>({ type: ["string", "null"], format: "date-time" });
const textOrNull = (description: string) => Type.Unsafe<string | null>({ type: ["string", "null"], description });
const integerOrNull = (description: string) => Type.Unsafe<number | null>({ type: ["integer", "null"], description });
const State = Type.Unsafe<ShareState>({
  type: "string",
  enum: [...SHARE_STATES],
  description:
    "copying: the files are on their way; pending: they are there, and the receiver has not answered; failed: they did not come, and the receiver knows nothing of it.",
});
const id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
const Person = Type.Object({ id: Type.Integer(), username: Type.String(), full_name: Type.String() });

export const Share = Type.Object(
  {
    id: Type.Integer({ description: "The shared workspace's own." }),
    state: State,
    name: Type.String({ description: "What the workspace was called when it was shared." }),
    description: Type.String(),
    original_workspace_id: Type.Integer(),
    sender: Person,
    receiver: Person,
    group_id: integerOrNull("The group by which it came to the receiver; null: by name."),
    created_at: time,
    ready_at: timeOrNull,
    answered_at: timeOrNull,
    decline_reason: textOrNull("What the receiver said."),
    failure: textOrNull("Why the files could not be copied; for the sender."),
    copy: Type.Object({
      operation_id: textOrNull("For the sender: its history, and how to try again."),
      progress: integerOrNull("0 to 100; null: not known."),
      files: integerOrNull("Once the copy is whole."),
      bytes: integerOrNull("Once the copy is whole."),
      left_out: Type.Record(Type.String(), Type.Integer(), {
        description:
          "What could not be copied, counted: links (that lead out of the workspace), special (FIFOs, sockets, devices), deep (too many folders in one another), changed (written while they were read). Dot files are not counted.",
      }),
    }),
  },
  { description: "A share." },
);
export const SharePage = Type.Object({
  items: Type.Array(Share),
  next_cursor: Type.Unsafe<string | null>({
    type: ["string", "null"],
    description: "For the next page; null at the end.",
  }),
});
export const Shares = Type.Object({ items: Type.Array(Share) });

const page = {
  state: Type.Optional(State),
  cursor: Type.Optional(Type.String({ maxLength: 100 })),
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
};
export const WorkspaceSharesQuery = Type.Object(page);
export const SharesQuery = Type.Object({
  direction: Type.Unsafe<"sent" | "received">({ type: "string", enum: ["sent", "received"], default: "received" }),
  ...page,
});
export const WorkspaceParams = Type.Object({ id });
export const ShareParams = Type.Object({ id });
const ids = Type.Optional(Type.Array(id, { maxItems: MOST_RECEIVERS }));
export const NewShares = Type.Object(
  { account_ids: ids, group_ids: Type.Optional(Type.Array(id, { maxItems: 10 })) },
  { additionalProperties: false },
);
export const Decline = Type.Object({ reason: Type.Optional(Type.String({ maxLength: 500 })) });

/** @param reader the sender sees why it failed and how to try again */
export function presentOwn(
  row: SharePageRow,
  people: ReadonlyMap<number, Account>,
  reader: number,
): Type.Static<typeof Share> {
  const isSender = row.sender_id === reader;
  return {
    id: row.id,
    state: row.state,
    name: row.name,
    description: row.description,
    original_workspace_id: row.original_workspace_id,
    sender: person(row.sender_id, people),
    receiver: person(row.receiver_id, people),
    group_id: row.group_id,
    created_at: row.created_at.toISOString(),
    ready_at: row.ready_at?.toISOString() ?? null,
    answered_at: row.answered_at?.toISOString() ?? null,
    decline_reason: row.answer_reason,
    failure: isSender ? row.failure : null,
    copy: {
      operation_id: isSender ? row.operation_id : null,
      progress: row.copy_state === "ready" ? 100 : row.progress,
      files: row.copied_files,
      bytes: row.copied_bytes,
      left_out: { ...row.left_out },
    },
  };
}

function person(id: number, people: ReadonlyMap<number, Account>): Type.Static<typeof Person> {
  const found = people.get(id);
  return { id, username: found?.username ?? "", full_name: found?.fullName ?? "" };
}
