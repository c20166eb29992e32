import { type Static, Type } from "typebox";
import type { StorageContext } from "../context.ts";
import { asideEnds } from "../moving/asides.ts";
import type { lookAtMoveIn } from "../moving/ask-move-in.ts";
import { Bytes } from "./schema.ts";

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });

export const MoveIn = Type.Object({
  place: Nullable(
    Type.Enum(["inside", "apart", "empty"], {
      description:
        "Where their workspaces lie: in this storage, apart from it, or nowhere yet. Null: nobody's, or all lie apart.",
    }),
  ),
  why_not: Nullable(
    Type.Enum(["off", "not_linked", "nothing_apart", "under_way", "aside_kept", "sessions"], {
      description: "Why they can't be moved now; null: they can.",
    }),
  ),
  workspaces: Type.Integer(),
  in_trash: Type.Integer(),
  sessions: Type.Integer({ description: "That run, and have to be ended first." }),
  bytes: Type.Integer({ ...Bytes, description: "Bytes, as last counted: measured anew before they are moved." }),
  operation_id: Nullable(Type.String({ description: "Of a move that is under way, or waits for its turn." })),
  aside: Nullable(
    Type.Object(
      {
        bytes: Bytes,
        files: Type.Integer(),
        moved_at: Type.String({ format: "date-time" }),
        ends_at: Nullable(Type.String({ format: "date-time", description: "When they are removed; null: now." })),
      },
      { description: "The old folders, kept after a move." },
    ),
  ),
});

export const MoveInBegun = Type.Object({ operation_id: Type.String() });
export const MoveInsBody = Type.Object({ ids: Type.Array(Id, { minItems: 1, maxItems: 500, uniqueItems: true }) });
export const MoveInsResult = Type.Object({
  items: Type.Array(Type.Object({ id: Id, operation_id: Nullable(Type.String()), problem: Nullable(Type.String()) })),
});

export const MoveInsLook = Type.Object({
  items: Type.Array(
    Type.Object({
      id: Id,
      why_not: Nullable(
        Type.Enum(["off", "not_linked", "nothing_apart", "under_way", "aside_kept", "sessions", "unknown"], {
          description: "Why they can't be moved now; null: they can. `unknown`: where they lie can't be told just now.",
        }),
      ),
      workspaces: Type.Integer(),
      in_trash: Type.Integer(),
      sessions: Type.Integer(),
      bytes: Type.Integer({ ...Bytes, description: "Bytes, as last counted." }),
    }),
    { description: "In the order asked." },
  ),
});

export function presentMoveIn(
  { platform }: StorageContext,
  look: Awaited<ReturnType<typeof lookAtMoveIn>>,
): Static<typeof MoveIn> {
  const { move, operationId, place, workspaces, inTrash, sessions, bytes, whyNot } = look;
  const { trashRetentionDays } = platform.config.storage;
  return {
    place,
    why_not: whyNot,
    ...{ workspaces, in_trash: inTrash, sessions, bytes, operation_id: operationId },
    aside:
      move === null || move.moved_at === null
        ? null
        : {
            ...{ bytes: move.bytes, files: move.files, moved_at: move.moved_at.toISOString() },
            ends_at: move.purge_at === null ? asideEnds(move.moved_at, trashRetentionDays).toISOString() : null,
          },
  };
}
