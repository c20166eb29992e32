import { Type } from "typebox";
import { expect, test, vi } from "vitest";
import { perSchema } from "./per-schema.ts";

test("what is made of a schema is made once, and each schema has its own", () => {
  const make = vi.fn((schema: object) => ({ of: schema }));
  const madeOf = perSchema(make);
  const [one, other] = [Type.String(), Type.String()];
  expect([madeOf(one), madeOf(other), madeOf(one)].map(({ of }) => of)).toEqual([one, other, one]);
  expect(make).toHaveBeenCalledTimes(2);
});
