import type { Static } from "typebox";
import type { Check } from "../admission/check.ts";
import { tell } from "../sentences.ts";
import type * as schema from "./schema.ts";

export function presentCheck(check: Check): Static<typeof schema.Check> {
  const { id, ok, used, allowed, unit, setBy, refusal } = check;
  return { id, ok, used, allowed, unit, set_by: setBy, told: refusal === null ? null : tell(refusal.message) };
}
