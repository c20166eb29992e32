import fastJson from "fast-json-stringify";
import type { FastifySerializerCompiler } from "fastify";
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { perSchema } from "../per-schema.ts";

const writerOf = perSchema((schema) => fastJson(schema));
const checkOf = perSchema((schema) => Compile(schema));

/**
 * Successes are written by their schema, so that no undeclared property gets out; compiled at the first
 * use. Errors have been put in shape already. In strict mode (tests) the payload is checked as well.
 */
export function serializerCompiler(strict: boolean): FastifySerializerCompiler<TSchema> {
  return ({ schema, httpStatus, method, url }) => {
    if (httpStatus?.startsWith("4") || httpStatus?.startsWith("5")) return (payload) => JSON.stringify(payload);
    let write: ReturnType<typeof writerOf> | undefined;
    return (payload) => {
      if (strict) {
        const check = checkOf(schema);
        const plain: unknown = JSON.parse(JSON.stringify(payload));
        const [found] = check.Check(plain) ? [] : check.Errors(plain);
        if (found)
          throw new Error(
            `${method} ${url} answers ${httpStatus} with ${found.instancePath || "a body"} that ${found.message}.`,
          );
      }
      write ??= writerOf(schema);
      return write(payload);
    };
  };
}
