import type { TSchema } from "typebox";

/**
 * What `make` makes of a schema, made at the first use and kept with it: routes share their schemas, and servers in one
 * process share their routes.
 */
export function perSchema<Made>(make: (schema: TSchema) => Made): (schema: TSchema) => Made {
  const known = new WeakMap<TSchema, Made>();
  return (schema) => {
    const found = known.get(schema);
    if (found !== undefined) return found;
    const made = make(schema);
    known.set(schema, made);
    return made;
  };
}
