import type { Ground } from "./ground.ts";
import type { Call } from "./row.ts";
import { NO_ID, readOnlySession, session, workspace } from "./things.ts";

/** How a WebSocket is opened, and what whom it answers. */
export interface SocketRow {
  readonly path: string;
  readonly call: (ground: Ground) => Promise<Call & { readonly shows: string }>;
  /** The call with an id that nothing has; or null: others get a stream of their own, without it. */
  readonly absent: Partial<Call> | null;
  /** Contract 3's: the token may come as the first message, so the handshake itself is open. */
  readonly tokenLater?: true;
}

export const socketRows: readonly SocketRow[] = [
  {
    path: "/jobs/:id",
    tokenLater: true,
    absent: { params: { id: NO_ID } },
    call: async (ground) => ({ params: { id: (await readOnlySession(ground)).id }, shows: '"status":"running"' }),
  },
  {
    path: "/api/stoa/v1/sessions/:id/terminal",
    absent: { params: { id: NO_ID } },
    call: async (ground) => {
      const { id } = await session(ground, "terminal");
      return { params: { id }, shows: `"job_id":${id}` };
    },
  },
  {
    path: "/api/stoa/v1/events/socket",
    absent: null,
    call: async (ground) => {
      const after = await ground.stoa.platform.events.head();
      const { id } = await workspace(ground);
      return { query: `?after=${after}`, shows: `"subject":{"kind":"workspace","id":"${id}"}` };
    },
  },
];
