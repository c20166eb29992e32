import { type Static, Type } from "typebox";
import { chosenTypes, eventGroups } from "../events/event-types.ts";
import { LONGEST_URL } from "./targets.ts";

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const Time = Type.String({ format: "date-time" });
export const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });

export const DeliveryState = Type.Enum(["waiting", "held", "delivered", "failed", "cancelled"], {
  description:
    "`waiting` for its next attempt; `held` until its webhook is switched on; `failed`: given up; `cancelled`: its owner may not be told any more.",
});

const closed = { additionalProperties: false } as const;
const fields = {
  name: Type.String({ minLength: 1, maxLength: 100, pattern: "^[^\\u0000]*[^\\u0000\\s][^\\u0000]*$" }),
  url: Type.String({
    minLength: 1,
    maxLength: LONGEST_URL,
    description: "Where it is sent: `https://`, at a public address, unless an administrator has allowed another.",
  }),
  types: Type.Array(Type.Enum([...chosenTypes, ...eventGroups]), {
    minItems: 1,
    maxItems: 50,
    description: "What it is told of: types, or whole groups as `session.*`.",
  }),
  description: Type.String({ maxLength: 1_000, pattern: "^[^\\u0000]*$" }),
  everybody: Type.Boolean({
    description: "Told of everybody's events, not only its owner's. For administrators, as long as they are.",
  }),
  active: Type.Boolean({ description: "False: paused. Nothing is sent, and what happens meanwhile is not kept." }),
};

export const EndpointParams = Type.Object({ id: Id });
export const NewEndpoint = Type.Object(
  {
    name: fields.name,
    url: fields.url,
    types: fields.types,
    description: Type.Optional(fields.description),
    everybody: Type.Optional(fields.everybody),
    active: Type.Optional(fields.active),
  },
  closed,
);
export type NewEndpoint = Static<typeof NewEndpoint>;
export const EndpointChange = Type.Object(
  {
    name: Type.Optional(fields.name),
    url: Type.Optional(fields.url),
    types: Type.Optional(fields.types),
    description: Type.Optional(fields.description),
    everybody: Type.Optional(fields.everybody),
    active: Type.Optional(
      Type.Boolean({
        description: "True also switches on what was switched off because it failed, and sends what waits.",
      }),
    ),
  },
  { ...closed, minProperties: 1 },
);
export type EndpointChange = Static<typeof EndpointChange>;
/** Administrators stop others' webhooks, and let them go on; they don't lead them elsewhere. */
export const ActiveChange = Type.Object({ active: Type.Boolean() }, closed);

export const Endpoint = Type.Object({
  id: Id,
  owner: Type.Object({ id: Id, username: Type.String() }),
  ...fields,
  types: Type.Array(Type.String()),
  url: Type.String({
    description: "Of others' webhooks scheme, host and port only: the rest is often a secret of the receiver's.",
  }),
  state: Type.Enum(["on", "paused", "off"], { description: "`off`: we have switched it off, see `disabled_why`." }),
  disabled_at: Nullable(Time),
  disabled_why: Nullable(
    Type.Enum(["gone", "failing"], { description: "It answered 410; or nothing arrived there for too long." }),
  ),
  failing_since: Nullable(
    Type.String({ format: "date-time", description: "The first failure since anything arrived." }),
  ),
  delivered_at: Nullable(Type.String({ format: "date-time", description: "When something last arrived." })),
  old_secret_until: Nullable(
    Type.String({
      format: "date-time",
      description: "Until then deliveries are signed with the replaced secret, too.",
    }),
  ),
  recent: Type.Array(
    Type.Object({ id: Id, state: DeliveryState, at: Type.String({ format: "date-time", description: "When made." }) }),
    { description: "How the last 20 deliveries stand, the newest first." },
  ),
  problem: Nullable(
    Type.String({ description: "Why nothing reaches its address as things are set here, for people." }),
  ),
  created_at: Time,
  updated_at: Time,
});
export type Endpoint = Static<typeof Endpoint>;
/** May be left out. */
export const Rotation = Type.Union([
  Type.Null(),
  Type.Object(
    {
      force: Type.Optional(
        Type.Boolean({ description: "True: also while a replaced secret still signs, which then ends at once." }),
      ),
    },
    closed,
  ),
]);
export const EndpointWithSecret = Type.Object({
  ...Endpoint.properties,
  secret: Type.String({ description: "For verifying signatures. Shown this once." }),
});

const page = {
  cursor: Type.Optional(Type.String({ pattern: "^[0-9]{1,15}$" })),
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
};
export const EndpointsQuery = Type.Object(page);
export const AllEndpointsQuery = Type.Object({
  ...page,
  state: Type.Optional(Type.Enum(["on", "paused", "off"])),
  account_id: Type.Optional(Id),
});
export const EndpointPage = Type.Object({ items: Type.Array(Endpoint), next_cursor: Nullable(Type.String()) });

export const EventTypes = Type.Object({
  items: Type.Array(
    Type.Object({
      type: Type.String(),
      group: Nullable(Type.String({ description: "What chooses it together with others; null: it is not chosen." })),
      about: Type.String({ description: "When it is sent." }),
      example: Type.Object(
        {
          id: Type.String(),
          type: Type.String(),
          timestamp: Time,
          subject: Type.Object({ kind: Type.String(), id: Type.String() }),
          data: Type.Record(Type.String(), Type.Unknown()),
        },
        { description: "The body that is sent." },
      ),
    }),
  ),
  most: Type.Integer({ description: "Endpoints that you may have." }),
});
