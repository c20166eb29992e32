import { signIn } from "../support/portal-client.ts";
import { type Ground, PASSWORD, unique } from "./ground.ts";
import type { Call, Others, Row } from "./row.ts";
import { workspace } from "./things.ts";

const own: Others = { nobodyElses: "It has no place for anybody else's id: who calls is who is meant." };

/** Acting as a person. */
export const peopleRows: readonly Row[] = [
  {
    route: "POST /api/stoa/v1/people/:id/act-as",
    status: 200,
    signIn: true,
    fromBrowser: true,
    others: "administrators only",
    call: async (ground) => ({
      params: { id: (await ground.newPerson("helped")).id },
      body: { reason: "They can't start anything", minutes: 5, current_password: PASSWORD },
    }),
  },
  { route: "GET /api/stoa/v1/account/acted-as", status: 200, others: own, call: () => ({}) },
  {
    route: "GET /api/stoa/v1/people/:id/acted-as",
    status: 200,
    others: "administrators only",
    call: ({ owner }) => ({ params: { id: owner.id } }),
  },
  {
    route: "GET /api/stoa/v1/people/:id/access",
    status: 200,
    others: "administrators only",
    call: ({ owner }) => ({ params: { id: owner.id }, shows: owner.username }),
  },
  {
    route: "GET /api/stoa/v1/people/:id/workspaces",
    status: 200,
    others: "administrators only",
    call: ({ owner }) => ({ params: { id: owner.id } }),
  },
  {
    route: "POST /api/stoa/v1/people/:id/preflight",
    status: 200,
    others: "administrators only",
    call: async (ground) => ({
      params: { id: ground.owner.id },
      body: { workspace_id: (await workspace(ground)).id, job_type: "terminal" },
    }),
  },
  { route: "GET /api/stoa/v1/people/counts", status: 200, others: "administrators only", call: () => ({}) },
  {
    route: "GET /api/stoa/v1/people/export",
    status: 200,
    others: "administrators only",
    call: ({ owner }) => ({ query: `?ids=${owner.id}`, shows: owner.username }),
  },
  {
    route: "POST /api/stoa/v1/people/import/check",
    status: 200,
    signIn: true,
    others: "administrators only",
    call: ({ owner }) => ({ body: { csv: `username,full_name,email\n${owner.username},O,o@example.org` } }),
  },
  {
    route: "POST /api/stoa/v1/people/import",
    status: 202,
    signIn: true,
    others: "administrators only",
    call: () => {
      const name = unique("imp");
      return { body: { csv: `username,full_name,email\n${name},I,${name}@example.org` } };
    },
  },
  {
    route: "GET /api/stoa/v1/people/import/:id",
    status: 200,
    others: "administrators only",
    call: async ({ admin, call }) => {
      const name = unique("imp");
      const csv = `username,full_name,email\n${name},I,${name}@example.org`;
      const asked = await call(admin.jwt, "POST", "/api/stoa/v1/people/import", { csv });
      return { params: { id: asked.json.operation_id }, shows: asked.json.operation_id };
    },
  },
  {
    route: "POST /api/stoa/v1/people/export",
    status: 200,
    others: "administrators only",
    call: ({ owner }) => ({ body: { ids: [owner.id] }, shows: owner.username }),
  },
  {
    route: "POST /api/stoa/v1/people/changes",
    status: 202,
    signIn: true,
    others: "administrators only",
    call: ({ owner }) => ({ body: { verb: "activate", ids: [owner.id] } }),
  },
  {
    route: "GET /api/stoa/v1/people/changes/:id",
    status: 200,
    others: "administrators only",
    call: async (ground) => ({ params: { id: await changed(ground) } }),
  },
  {
    route: "POST /api/stoa/v1/people/changes/:id/undo",
    status: 202,
    signIn: true,
    others: "administrators only",
    call: async (ground) => ({ params: { id: await changed(ground) }, body: {} }),
  },
];

/** A change of one person, done. */
async function changed(ground: Ground): Promise<string> {
  const body = { verb: "deactivate", ids: [(await ground.newPerson("manychanged")).id] };
  const { json } = await ground.call(ground.admin.jwt, "POST", "/api/stoa/v1/people/changes", body);
  await ground.stoa.platform.operations.wait(json.operation_id, 20_000);
  return json.operation_id;
}

/** A browser of the administrator's that acts as somebody. */
export async function actingBrowser(ground: Ground): Promise<Call> {
  const person = await ground.newPerson("actedas");
  const admin = await signIn(ground.base, ground.admin.username, PASSWORD);
  const body = { reason: "A look at what they see", minutes: 5, current_password: PASSWORD };
  const begun = await admin.call("POST", `/api/stoa/v1/people/${person.id}/act-as`, body);
  const cookies = begun.headers.getSetCookie().map((line) => line.split(";", 1)[0]);
  return {
    headers: {
      Cookie: cookies.join("; "),
      Origin: ground.base,
      "Sec-Fetch-Site": "same-origin",
      "X-CSRF-Token": begun.json.csrf_token,
    },
  };
}
