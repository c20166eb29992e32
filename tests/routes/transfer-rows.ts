import { send } from "../support/portal-client.ts";
import type { Ground } from "./ground.ts";
import type { Call, Others, Row } from "./row.ts";
import { NO_ID, NO_OPERATION, workspace } from "./things.ts";
import { noWorkspace, ofWorkspace } from "./workspace-rows.ts";

const TUS = { "Tus-Resumable": "1.0.0" };
const BYTES = { ...TUS, "Upload-Offset": "0" };
const type = "application/offset+octet-stream";
const metadata = (name: string) => `path ${Buffer.from(name).toString("base64")}`;
const begin = (name: string) => ({ ...TUS, "Upload-Length": "5", "Upload-Metadata": metadata(name) });

/** An upload of the owner's that has got nothing yet. */
async function upload(ground: Ground): Promise<{ id: number; upload: string }> {
  const { id } = await workspace(ground);
  const headers = { Authorization: `Bearer ${ground.owner.jwt}`, ...begin("begun.txt") };
  const answer = await send(`${ground.base}/api/stoa/v1/workspaces/${id}/uploads`, "POST", undefined, headers);
  return { id, upload: answer.json.id as string };
}

const ofUpload =
  (rest: Partial<Call>): Row["call"] =>
  async (ground) => ({ params: await upload(ground), ...rest });
const noUpload: Others = {
  refused: 404,
  says: () => ({ status: 404, code: "not_found", detail: "There is no workspace here." }),
  absent: { params: { id: NO_ID, upload: NO_OPERATION } },
};

export const transferRows: readonly Row[] = [
  {
    route: "POST /api/stoa/v1/workspaces/:id/uploads",
    status: 201,
    others: noWorkspace,
    call: ofWorkspace(() => ({ headers: begin("b.txt") })),
  },
  {
    route: "GET /api/stoa/v1/workspaces/:id/uploads",
    status: 200,
    others: noWorkspace,
    call: async (ground) => ({ params: { id: (await upload(ground)).id }, shows: "begun.txt" }),
  },
  {
    route: "GET /api/stoa/v1/workspaces/:id/uploads/:upload",
    status: 200,
    others: noUpload,
    call: ofUpload({ shows: "begun.txt" }),
  },
  {
    route: "PATCH /api/stoa/v1/workspaces/:id/uploads/:upload",
    status: 204,
    others: noUpload,
    call: ofUpload({ headers: BYTES, body: "12345", type }),
  },
  {
    route: "POST /api/stoa/v1/workspaces/:id/uploads/:upload",
    status: 204,
    others: noUpload,
    call: ofUpload({ headers: { ...BYTES, "X-HTTP-Method-Override": "PATCH" }, body: "12345", type }),
  },
  {
    route: "DELETE /api/stoa/v1/workspaces/:id/uploads/:upload",
    status: 204,
    others: noUpload,
    call: ofUpload({ headers: TUS }),
  },
  {
    route: "PUT /api/stoa/v1/workspaces/:id/files/batch",
    status: 200,
    others: noWorkspace,
    // A tar archive of nothing.
    call: ofWorkspace(() => ({ query: "?path=into", body: Buffer.alloc(1024), type: "application/x-tar" })),
  },
  {
    route: "GET /api/stoa/v1/workspaces/:id/files/zip",
    status: 200,
    others: noWorkspace,
    call: ofWorkspace(() => ({ query: "?path=a.txt", shows: "a.txt" })),
  },
  {
    route: "POST /api/stoa/v1/workspaces/:id/files/zip",
    status: 200,
    others: noWorkspace,
    call: ofWorkspace(() => ({ body: { paths: ["a.txt"] }, shows: "a.txt" })),
  },
  {
    route: "POST /api/stoa/v1/workspaces/:id/files/unpack",
    status: 202,
    others: noWorkspace,
    call: ofWorkspace(() => ({ body: { path: "a.txt" } })),
  },
];
