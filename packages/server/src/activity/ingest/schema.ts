import { type Static, Type } from "typebox";

/** Contract 2's `POST /api/audit-logs`; docs/activity.md tells it to whoever writes a reporter. */

/** Executions in one request. */
export const MOST_ENTRIES = 1_000;
/** Bytes of a request: one cell of 5 MB fits, as JSON writes it. */
export const BATCH_BYTES = 8 * 1024 * 1024;
const INT4 = 2_147_483_647;

export const Entry = Type.Object(
  {
    id: Type.Optional(
      Type.String({
        pattern: "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
        description: "A UUID of the reporter's: sent again with the same timestamp it counts once.",
      }),
    ),
    timestamp: Type.String({
      pattern: "^\\d{4}-\\d\\d-\\d\\d[Tt ]\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?([Zz]|[+-]\\d\\d:?\\d\\d)?$",
      description: "When it began, RFC 3339; without an offset in UTC.",
    }),
    cell_number: Type.Optional(Type.Union([Type.Integer({ minimum: 0, maximum: INT4 }), Type.Null()])),
    code: Type.String({ description: "Beyond 65,536 characters it is cut, with a mark." }),
    execution_time_ms: Type.Number({ minimum: 0, maximum: INT4 }),
    status: Type.Union([Type.Literal("success"), Type.Literal("error")]),
    error_message: Type.Optional(
      Type.Union([Type.String(), Type.Null()], { description: "Beyond 8,192 characters it is cut, with a mark." }),
    ),
    dropped_before: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1_000_000_000,
        description: "So many executions before this one the reporter had to give up.",
      }),
    ),
  },
  { additionalProperties: false },
);
export type Entry = Static<typeof Entry>;

export const Batch = Type.Object(
  { executions: Type.Array(Entry, { minItems: 1, maxItems: MOST_ENTRIES }) },
  { additionalProperties: false },
);

export const Taken = Type.Object({
  received: Type.Integer(),
  taken: Type.Integer({ description: "New, and kept." }),
  known: Type.Integer({ description: "There already." }),
  cut: Type.Integer({ description: "Of those taken: the end of the code or the message was left out." }),
  refused: Type.Array(
    Type.Object({
      index: Type.Integer({ description: "In the batch, from 0." }),
      id: Type.Union([Type.String(), Type.Null()]),
      reason: Type.Union([Type.Literal("too_old"), Type.Literal("in_the_future")]),
    }),
    { description: "Not kept, and not kept either when sent again." },
  ),
});
export type Taken = Static<typeof Taken>;
