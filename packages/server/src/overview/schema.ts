import { Type } from "typebox";
import type { Need, NeedCode } from "./need.ts";

const time = Type.String({ format: "date-time" });

export const Needs = Type.Object({
  items: Type.Array(
    Type.Object({
      code: Type.Unsafe<NeedCode>({ type: "string", description: "What is the matter, to tell with `params`." }),
      tone: Type.Unsafe<Need["tone"]>({
        type: "string",
        enum: ["bad", "warn", "hint"],
        description:
          "`bad`: something does not work. `warn`: it waits for somebody, or soon won't. `hint`: all is well, and could be better.",
      }),
      at: time,
      count: Type.Integer(),
      subject: Type.Unsafe<Need["subject"]>({
        ...Type.Object({ kind: Type.String(), id: Type.String(), label: Type.String() }),
        type: ["object", "null"],
      }),
      params: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()])),
    }),
  ),
  next_cursor: Type.Null(),
});

export const CurvesQuery = Type.Object({
  days: Type.Optional(Type.Integer({ minimum: 1, maximum: 90, default: 30 })),
});
export const Curves = Type.Object({
  items: Type.Array(
    Type.Object({
      day: Type.String({ format: "date", description: "UTC." }),
      people_active: Type.Integer(),
      sessions_started: Type.Integer(),
      sessions_running: Type.Integer({ description: "That ran at some time of the day." }),
      sessions_complete: Type.Integer(),
      sessions_failed: Type.Integer(),
      ready_median_ms: Type.Unsafe<number | null>({
        type: ["integer", "null"],
        description: "From the request to readiness; null: none became ready.",
      }),
      core_hours: Type.String({ description: "Five decimals: of the sessions that ended." }),
      room_bytes: Type.Unsafe<number | null>({ type: ["integer", "null"], description: "Null: nobody looked." }),
    }),
  ),
  next_cursor: Type.Null(),
});
