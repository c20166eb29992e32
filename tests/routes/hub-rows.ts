import { setTimeout as sleep } from "node:timers/promises";
import type { Ground, Person } from "./ground.ts";
import type { Call, Others, Row } from "./row.ts";
import { NO_ID } from "./things.ts";

const base = "/api/stoa/v1/hub";
const own: Others = { nobodyElses: "It has no place for anybody else's id: who calls is who is meant." };

/** Their server at the hub, ready. */
async function started(ground: Ground, person: Person): Promise<Person> {
  await ground.call(person.jwt, "POST", `${base}/launch`, {});
  for (const limit = Date.now() + 15_000; ; await sleep(50)) {
    const seen = (await ground.call(person.jwt, "GET", base)).json;
    if (seen.servers[0]?.state === "ready") return person;
    if (Date.now() > limit) throw new Error(`no server of ${person.username}: ${JSON.stringify(seen)}`);
  }
}

const withServer = async (ground: Ground): Promise<Call> => ({
  as: await started(ground, await ground.newPerson("jupyter")),
  body: {},
});

/** A token of the owner's for their server. */
async function token(ground: Ground): Promise<number> {
  await started(ground, ground.owner);
  return (await ground.call(ground.owner.jwt, "POST", `${base}/open`, {})).json.token_id as number;
}

/** One's own servers and tokens at JupyterHub, and contract 2's calls that know of it. */
export const hubRows: readonly Row[] = [
  ...["GET /api/dashboard", `GET ${base}`].map(
    (route): Row => ({
      ...{ route, status: 200, others: "without it" },
      call: ({ owner }) => ({ shows: owner.username }),
    }),
  ),
  {
    route: "POST /api/jupyter/launch",
    status: 200,
    others: own,
    call: async (ground) => ({ as: await ground.newPerson("jupyter") }),
  },
  {
    route: `POST ${base}/launch`,
    status: 202,
    others: own,
    call: async (ground) => ({ as: await ground.newPerson("jupyter"), body: {} }),
  },
  ...["open", "stop", "keep"].map(
    (what): Row => ({ route: `POST ${base}/${what}`, status: 200, others: own, call: withServer }),
  ),
  {
    route: `GET ${base}/tokens`,
    status: 200,
    others: "without it",
    call: async (ground) => ({ shows: `"id":${await token(ground)},"server"` }),
  },
  {
    route: `DELETE ${base}/tokens/:id`,
    status: 200,
    others: {
      refused: 404,
      says: () => ({ status: 404, code: "not_found", detail: "There is no token here." }),
      absent: { params: { id: NO_ID } },
    },
    call: async (ground) => ({ params: { id: await token(ground) } }),
  },
];
