import { Type } from "typebox";
import { HUB_TROUBLES } from "../health/trouble.ts";
import { Cause } from "../own-api/schema.ts";
import { orNull, Person, Time } from "./schema.ts";

const Call = Type.Object({
  call: Type.String(),
  calls: Type.Integer(),
  fine: Type.Integer({ description: "Answered by a hub that is well, refusals included." }),
  success_rate: Type.Number({ description: "Percent." }),
  retries: Type.Integer(),
  mean_ms: Type.Integer({ description: "All attempts of a call together." }),
  slowest_ms: Type.Integer(),
});
const Calls = Type.Object({
  calls: Type.Integer(),
  success_rate: orNull(Type.Number({ description: "Percent." }), "Null: nothing was called."),
  by_call: Type.Array(Call),
});
const Launches = Type.Object({
  launches: Type.Integer(),
  success_rate: orNull(Type.Number({ description: "Percent." }), "Of those that nobody cancelled; null: none ended."),
  by_outcome: Type.Array(
    Type.Object({
      outcome: Type.String({ description: "`ok`, or the cause." }),
      launches: Type.Integer(),
      mean_ms: Type.Integer({ description: "From the button to the end." }),
      slowest_ms: Type.Integer(),
    }),
  ),
});

export const Health = Type.Object({
  configured: Type.Boolean(),
  checked_at: orNull(Time),
  reachable: Type.Boolean(),
  version: orNull(Type.String()),
  problem: orNull(
    Type.Object({
      code: Type.Enum(HUB_TROUBLES),
      said: Type.String({ description: "In English, for an administrator." }),
      address: Type.String({ description: "Where the hub is asked." }),
      fix: Type.String({ description: "What mends it, in the language of the answer; as `stoa doctor` says it." }),
    }),
  ),
  breaker: orNull(
    Type.Enum(["closed", "open", "half-open"]),
    "Of the server that answers; `open`: the hub is left alone for some seconds.",
  ),
  token: orNull(
    Type.Object({
      kind: Type.Enum(["user", "service"]),
      name: Type.String(),
      scopes: Type.Array(Type.String(), { description: "As the hub tells them." }),
    }),
    "Who Stoa is at the hub; null: not known.",
  ),
  functions: Type.Array(
    Type.Object({
      id: Type.String(),
      what: Type.String(),
      on: Type.Boolean(),
      missing: Type.Array(Type.String(), { description: "Scopes that the token has not, or not for everybody." }),
    }),
    { description: "Empty while the token's scopes are not known." },
  ),
  calls: Type.Object({ hour: Calls, day: Calls }),
  launches: Type.Object({ hour: Launches, day: Launches }),
  curve: Type.Array(
    Type.Object({
      at: Time,
      ...{ calls: Type.Integer(), fine: Type.Integer(), mean_ms: orNull(Type.Integer(), "Null: nothing was called.") },
      launches: Type.Integer({ description: "That ended, without cancelled ones." }),
      launches_ok: Type.Integer(),
    }),
    { description: "The last day in half hours, oldest first." },
  ),
  failures: Type.Array(Type.Object({ at: Time, call: Type.String(), cause: Type.String(), said: Type.String() }), {
    description: "The last 20 calls that failed.",
  }),
  failed_launches: Type.Array(
    Type.Object({
      at: Time,
      account: Type.Object({ id: Person.properties.id, username: Type.String() }),
      server: Type.String(),
      cause: orNull(Cause),
      message: orNull(Type.String(), "The cause in words, in the language of the answer."),
      said: orNull(Type.String(), "In the hub's words."),
      fix: Type.String({ description: "What an operator does about it, in the language of the answer." }),
      operation_id: Type.String(),
    }),
    { description: "Servers whose last launch failed, the last 20." },
  ),
});

const Doing = Type.Enum(["launch_makes_it_again", "link", "unlink", "stop", "delete_at_hub"]);
const Can = Type.Array(Doing, { description: "What mends it; nothing is mended by itself." });
export const Drift = Type.Object({
  listed_at: orNull(Time, "When all users of the hub were listed last; null: not yet."),
  missing: Type.Object({
    count: Type.Integer(),
    items: Type.Array(
      Type.Object({
        account: Person,
        name: Type.String(),
        perhaps_now: Type.Array(Type.String(), {
          description: "Nobody's users that were made when theirs was: perhaps it was renamed.",
        }),
        can: Can,
      }),
    ),
  }),
  orphans: Type.Object({
    count: Type.Integer(),
    items: Type.Array(
      Type.Object({
        name: Type.String(),
        is_admin: Type.Boolean(),
        last_activity: orNull(Time),
        servers: Type.Integer(),
        can: Can,
      }),
    ),
  }),
  servers: Type.Object({
    count: Type.Integer(),
    items: Type.Array(
      Type.Object({
        user: Type.String(),
        server: Type.String(),
        state: Type.String(),
        started_at: orNull(Time),
        last_activity: orNull(Time),
        can: Can,
      }),
    ),
  }),
});
