import { type Ground, type Person, unique } from "./ground.ts";
import type { Call, Others, Row } from "./row.ts";
import { NO_ID, workspace } from "./things.ts";

const absent = { params: { id: NO_ID } };

let receiver: Promise<Person> | undefined;
/** With whom the owner shares; neither the owner nor the other one. */
function receiverOf(ground: Ground): Promise<Person> {
  receiver ??= ground.newPerson("receiver");
  return receiver;
}

/** A share of the owner's with the receiver, which waits for its answer. */
async function share(ground: Ground): Promise<{ id: number; name: string; receiver: Person }> {
  const [{ id, name }, to] = [await workspace(ground), await receiverOf(ground)];
  const body = { original_workspace_id: id, shared_user_ids: [to.id] };
  const made = await ground.call(ground.owner.jwt, "POST", "/shared_workspaces/", body);
  return { id: made.json.data.shared_workspaces[0].shared_workspace_id.id as number, name, receiver: to };
}

/** Contract 3: reads answer 200 with empty lists, writes 404, in its words. */
const noneFound: Others = {
  refused: 200,
  says: () => ({
    message: "Shared workspace matching given parameters could not be found.",
    success: true,
    data: { original_workspaces: [], shared_workspaces: [] },
  }),
  absent,
};
const notFound: Others = {
  refused: 404,
  says: ({ params }: Call) => ({ success: false, message: `Shared workspace ${params?.id} not found.` }),
  absent,
};
/** Our own API: 404, whether there is none or it is somebody else's. */
const noShare: Others = { refused: 404, says: () => ({ status: 404, detail: "There is no share here." }), absent };
const noWorkspace: Others = {
  refused: 404,
  says: () => ({ status: 404, detail: "There is no workspace here." }),
  absent,
};

const asSender = async (ground: Ground): Promise<Call> => {
  const { id, name } = await share(ground);
  return { params: { id }, shows: name };
};
const asReceiver =
  (body?: object): Row["call"] =>
  async (ground) => {
    const made = await share(ground);
    return { params: { id: made.id }, as: made.receiver, ...(body === undefined ? {} : { body }) };
  };

export const sharingRows: readonly Row[] = [
  { route: "GET /shared_workspaces", status: 200, others: "without it", call: asSender },
  { route: "GET /shared_workspaces/:id", status: 200, others: noneFound, call: asSender },
  {
    route: "POST /shared_workspaces",
    status: 200,
    others: {
      refused: 404,
      says: ({ body }) => ({
        message: `Workspace ${Reflect.get(Object(body), "original_workspace_id")} not found for user.`,
      }),
      absent: { body: { original_workspace_id: NO_ID, shared_user_ids: [1] } },
    },
    call: async (ground) => {
      const original_workspace_id = (await workspace(ground)).id;
      return { body: { original_workspace_id, shared_user_ids: [(await receiverOf(ground)).id] } };
    },
  },
  { route: "PUT /shared_workspaces/:id/accept", status: 200, others: notFound, call: asReceiver() },
  {
    route: "PUT /shared_workspaces/:id/:other",
    status: 400,
    others: { ...notFound, absent: { params: { id: NO_ID, other: "polish" } } },
    call: async (ground) => {
      const made = await share(ground);
      return { params: { id: made.id, other: "polish" }, as: made.receiver, body: {} };
    },
  },
  {
    route: "DELETE /shared_workspaces/:id",
    status: 200,
    others: {
      refused: 403,
      says: ({ params }) => ({ message: `User does not have permissions for shared workspace ${params?.id}.` }),
      // Contract 3 wants 404 for what is not there, and so tells the two apart: its words, and nothing more.
      absent: {},
    },
    call: async (ground) => ({ params: { id: (await share(ground)).id } }),
  },
  {
    route: "GET /api/stoa/v1/workspaces/:id/shares",
    status: 200,
    others: noWorkspace,
    call: async (ground) => {
      const { id, name } = await workspace(ground);
      const body = { account_ids: [(await receiverOf(ground)).id] };
      await ground.call(ground.owner.jwt, "POST", `/api/stoa/v1/workspaces/${id}/shares`, body);
      return { params: { id }, shows: name };
    },
  },
  {
    route: "POST /api/stoa/v1/workspaces/:id/shares",
    status: 202,
    others: noWorkspace,
    call: async (ground) => {
      const { id } = await workspace(ground);
      return { params: { id }, body: { account_ids: [(await receiverOf(ground)).id] } };
    },
  },
  {
    route: "GET /api/stoa/v1/shares",
    status: 200,
    others: "without it",
    call: async (ground) => ({ query: "?direction=sent", shows: (await share(ground)).name }),
  },
  { route: "GET /api/stoa/v1/shares/:id", status: 200, others: noShare, call: asSender },
  { route: "POST /api/stoa/v1/shares/:id/accept", status: 200, others: noShare, call: asReceiver() },
  {
    route: "POST /api/stoa/v1/shares/:id/decline",
    status: 200,
    others: noShare,
    call: asReceiver({ reason: unique("no room") }),
  },
  {
    route: "POST /api/stoa/v1/shares/:id/cancel",
    status: 200,
    others: noShare,
    call: async (ground) => ({ params: { id: (await share(ground)).id } }),
  },
];
