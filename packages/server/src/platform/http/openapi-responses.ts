import type { Paths } from "./openapi.ts";

type Responses = Readonly<Record<string, { readonly description: string }>>;

/** What @fastify/swagger puts where a route's schema describes nothing. */
const UNSAID = "Default Response";

/** The paths with words of ours where a response has no description of its own. */
export function describeResponses(paths: Paths): Paths {
  return mapValues(paths, (item) =>
    mapValues(item, (operation) => {
      const { responses } = operation as { responses?: Responses };
      return responses === undefined ? operation : { ...operation, responses: described(responses) };
    }),
  );
}

function described(responses: Responses): Responses {
  const entries = Object.entries(responses).map(([status, response]) => {
    return [status, response.description === UNSAID ? { ...response, description: wordFor(status) } : response];
  });
  return Object.fromEntries(entries) as Responses;
}

function wordFor(status: string): string {
  if (status.startsWith("2")) return "Success.";
  return status.startsWith("3") ? "It is elsewhere." : "Refused.";
}

function mapValues<T>(record: Readonly<Record<string, T>>, change: (value: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
