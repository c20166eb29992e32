import type { Static } from "typebox";
import { type EventType, eventTypes, groupOf } from "../events/event-types.ts";
import type { EventTypes } from "./schema.ts";

/** The vocabulary, each type with a whole body as an example. */
export function describeTypes(): Static<typeof EventTypes>["items"] {
  return (Object.keys(eventTypes) as EventType[]).map((type) => {
    const { about, subject, data } = eventTypes[type];
    const example = { id: "evt_5d41402abc4b_1234", type, timestamp: "2026-05-04T09:45:00.000Z", subject, data };
    return { type, group: type === "ping" ? null : groupOf(type), about, example };
  });
}
