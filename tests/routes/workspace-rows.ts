import { type Ground, unique } from "./ground.ts";
import type { Call, Others, Row } from "./row.ts";
import { NO_ID, trashed, uploadForm, workspace } from "./things.ts";

const absent = { params: { id: NO_ID } };
/** Contract 3: reads answer 200 with an empty list, writes 404, in its words. */
const noneFound: Others = {
  refused: 200,
  says: () => ({
    message: "Workspace matching given parameters could not be found.",
    success: true,
    data: { workspaces: [] },
  }),
  absent,
};
const notFoundForUser = {
  refused: 404,
  says: ({ params }: Call) => ({ success: false, message: `Workspace ${params?.id} not found for user.` }),
  absent,
};
/** Our own API: 404, whether there is none or it is somebody else's. */
export const noWorkspace: Others = {
  refused: 404,
  says: () => ({ status: 404, code: "not_found", detail: "There is no workspace here." }),
  absent,
};

export const ofWorkspace =
  (rest: (name: string) => Partial<Call> | Promise<Partial<Call>> = () => ({})): Row["call"] =>
  async (ground) => {
    const { id, name } = await workspace(ground);
    return { params: { id }, ...(await rest(name)) };
  };

/** A group of the owner's with a directory of its own; its id. */
async function sharingGroup(ground: Ground): Promise<number> {
  const name = unique("lab");
  const { json } = await ground.call(ground.admin.jwt, "POST", "/api/stoa/v1/groups", { name });
  const member = `/api/stoa/v1/groups/${json.id}/members/${ground.owner.id}`;
  await ground.call(ground.admin.jwt, "PUT", member, { role: "member" });
  const body = { kind: "group", name, group_id: json.id };
  await ground.call(ground.admin.jwt, "POST", "/api/stoa/v1/storage/subjects", body);
  return json.id as number;
}

export const workspaceRows: readonly Row[] = [
  {
    route: "GET /workspaces",
    status: 200,
    others: "without it",
    call: async (ground) => ({ shows: (await workspace(ground)).name }),
  },
  { route: "GET /workspaces/:id", status: 200, others: noneFound, call: ofWorkspace((name) => ({ shows: name })) },
  {
    route: "POST /workspaces",
    status: 200,
    others: { nobodyElses: "It makes a workspace of the caller's own, and names no other." },
    call: () => ({ body: { name: unique("new"), description: "", workspace_details: {} } }),
  },
  {
    route: "PUT /workspaces/:id",
    status: 200,
    others: notFoundForUser,
    call: ofWorkspace(() => ({ body: { description: "changed" } })),
  },
  {
    route: "PUT /workspaces/:id/:other",
    status: 400,
    others: { ...notFoundForUser, absent: { params: { id: NO_ID, other: "polish" } } },
    call: async (ground) => ({ params: { id: (await workspace(ground)).id, other: "polish" }, body: {} }),
  },
  {
    route: "PUT /workspaces/:id/upload",
    status: 200,
    others: notFoundForUser,
    call: ofWorkspace(() => uploadForm("b.txt")),
  },
  { route: "DELETE /workspaces/:id", status: 200, others: notFoundForUser, call: ofWorkspace() },
  {
    route: "GET /api/stoa/v1/workspaces/:id/files",
    status: 200,
    others: noWorkspace,
    call: ofWorkspace(() => ({ shows: "a.txt" })),
  },
  {
    route: "GET /api/stoa/v1/workspaces/:id/files/content",
    status: 200,
    others: noWorkspace,
    call: ofWorkspace((name) => ({ query: "?path=a.txt", shows: `of ${name}` })),
  },
  {
    route: "PUT /api/stoa/v1/workspaces/:id/files/content",
    status: 200,
    others: noWorkspace,
    call: ofWorkspace(() => ({ query: "?path=a.txt", body: "overwritten", type: "text/plain" })),
  },
  {
    route: "POST /api/stoa/v1/workspaces/:id/files/folder",
    status: 201,
    others: noWorkspace,
    call: ofWorkspace(() => ({ body: { path: "folder" } })),
  },
  {
    route: "POST /api/stoa/v1/workspaces/:id/group-links",
    status: 201,
    others: noWorkspace,
    call: async (ground) => ({
      params: { id: (await workspace(ground)).id },
      body: { group_id: await sharingGroup(ground) },
    }),
  },
  {
    route: "POST /api/stoa/v1/workspaces/:id/files/move",
    status: 200,
    others: noWorkspace,
    call: ofWorkspace(() => ({ body: { path: "a.txt", to: "moved.txt" } })),
  },
  {
    route: "POST /api/stoa/v1/workspaces/:id/files/copy",
    status: 202,
    others: noWorkspace,
    call: ofWorkspace(() => ({ body: { path: "a.txt", to: "copied.txt" } })),
  },
  {
    route: "GET /api/stoa/v1/workspaces/:id/files/tree",
    status: 200,
    others: noWorkspace,
    call: ofWorkspace(() => ({ shows: "a.txt" })),
  },
  {
    route: "GET /api/stoa/v1/workspaces/:id/files/search",
    status: 200,
    others: noWorkspace,
    call: ofWorkspace(() => ({ query: "?query=A.TX", shows: "a.txt" })),
  },
  {
    route: "GET /api/stoa/v1/workspaces/:id/files/checksum",
    status: 200,
    others: noWorkspace,
    call: ofWorkspace(() => ({ query: "?path=a.txt", shows: "sha256" })),
  },
  {
    route: "GET /api/stoa/v1/workspaces/:id/files/text",
    status: 200,
    others: noWorkspace,
    call: ofWorkspace((name) => ({ query: "?path=a.txt", shows: `of ${name}` })),
  },
  {
    route: "PUT /api/stoa/v1/workspaces/:id/files/text",
    status: 200,
    others: noWorkspace,
    call: ofWorkspace(() => ({
      query: "?path=new.txt",
      body: "edited",
      type: "text/plain",
      headers: { "If-None-Match": "*" },
    })),
  },
  {
    route: "DELETE /api/stoa/v1/workspaces/:id/files",
    status: 200,
    others: noWorkspace,
    call: ofWorkspace(() => ({ query: "?path=a.txt" })),
  },
  {
    route: "GET /api/stoa/v1/trash",
    status: 200,
    others: "without it",
    call: async (ground) => ({ shows: (await trashed(ground)).path }),
  },
  {
    route: "GET /api/stoa/v1/trash/summary",
    status: 200,
    others: "without it",
    call: async (ground) => ({ shows: (await trashed(ground)).workspace }),
  },
  {
    route: "DELETE /api/stoa/v1/trash/:id",
    status: 202,
    others: { refused: 404, says: () => ({ status: 404, code: "not_found" }), absent },
    call: async (ground) => ({ params: { id: (await trashed(ground)).id } }),
  },
  {
    route: "POST /api/stoa/v1/trash/erase",
    status: 202,
    others: {
      refused: 404,
      says: () => ({ status: 404, code: "not_found" }),
      absent: { body: { ids: [NO_ID] } },
    },
    call: async (ground) => ({ body: { ids: [(await trashed(ground)).id] } }),
  },
  {
    route: "POST /api/stoa/v1/trash/:id/restore",
    status: 200,
    others: { refused: 404, says: () => ({ status: 404, code: "not_found" }), absent },
    call: async (ground) => ({ params: { id: (await trashed(ground)).id } }),
  },
  {
    route: "DELETE /api/stoa/v1/trash",
    status: 202,
    others: { nobodyElses: "It empties the caller's own trash, up to an entry of it." },
    call: async (ground) => ({ query: `?up_to=${(await trashed(ground)).id}` }),
  },
];
