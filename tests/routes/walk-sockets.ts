import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { SCOPES } from "../../packages/server/src/platform/principal.ts";
import { signIn } from "../support/portal-client.ts";
import { type Ground, PASSWORD } from "./ground.ts";
import { addressOf, type Call } from "./row.ts";
import { type SocketRow, socketRows } from "./socket-rows.ts";

const QUIET_MS = 400;

/** What became of a try: the status that refused it before the handshake, or what it heard until it was closed. */
interface Heard {
  readonly refused: number | null;
  readonly text: string;
  readonly closed: number | null;
}

/** The sockets' part of the walk. */
export function walkSockets(ground: Ground): void {
  it("has a row for each socket, and none besides", () => {
    const paths = ground.stoa.app.socketRoutes.map(({ path }) => path);
    expect(socketRows.map(({ path }) => path).sort()).toEqual([...paths].sort());
  });

  describe.each(socketRows)("the socket $path", (row) => {
    const route = ground.stoa.app.socketRoutes.find(({ path }) => path === row.path);
    const access = route?.policy.access ?? { public: "" };
    const scope = "scope" in access ? access.scope : "";
    let made: ReturnType<SocketRow["call"]> | undefined;
    const call = () => {
      made ??= row.call(ground);
      return made;
    };
    const knock = async (headers: Record<string, string>, changes: Partial<Call> = {}, first?: string) => {
      const valid = await call();
      const address = addressOf(`GET ${row.path}`, { ...valid, ...changes });
      return listen(ground.base.replace("http", "ws") + address, headers, valid.shows, first);
    };
    const as = (token: string) => ({ Authorization: `Bearer ${token}` });

    it("refuses nobody before the handshake, or at the first word where the token may come later", async () => {
      expect(route?.publicHandshake === true).toBe(row.tokenLater === true);
      expect((await knock(as("a.b.c"))).refused).toBe(401);
      if (row.tokenLater !== true) expect((await knock({})).refused).toBe(401);
      else expect(await knock({}, {}, '{"token":"a.b.c"}')).toEqual({ refused: null, text: "", closed: 4401 });
    });

    it("refuses a token with every scope but its own before the handshake", async () => {
      const person = SCOPES.filter((one) => /^(account|workspaces|sessions|operations|audit|events):/.test(one));
      expect(person).toContain(scope);
      const token = await ground.owner.pat(person.filter((one) => one !== scope));
      expect((await knock(as(token))).refused).toBe(403);
    });

    it("takes no cookie for another page's socket", async () => {
      const { cookie } = await signIn(ground.base, ground.owner.username, PASSWORD);
      const elsewhere = { Cookie: cookie, Origin: "http://s-1.localhost", "Sec-Fetch-Site": "same-site" };
      const { refused, text } = await knock(elsewhere, {}, row.tokenLater === true ? '{"token":""}' : undefined);
      expect([refused, text]).toEqual([row.tokenLater === true ? null : 403, ""]);
      const { text: own } = await knock({ Cookie: cookie, Origin: ground.base });
      expect(own).toContain((await call()).shows);
    });

    it("tells others nothing of it", async () => {
      const heard = await knock(as(ground.other.jwt));
      expect(heard.text).not.toContain((await call()).shows);
      if (row.absent === null) expect(heard).toMatchObject({ refused: null, closed: null });
      else {
        expect(heard).toEqual({ refused: null, text: "", closed: 4404 });
        expect(await knock(as(ground.other.jwt), row.absent)).toEqual(heard);
      }
    });

    it("opens to whose it is, with that scope alone", async () => {
      const heard = await knock(as(await ground.owner.pat([scope])));
      expect(heard.text).toContain((await call()).shows);
    });
  });
}

/** Opens it and listens until it hears that, is closed, or has been quiet for a while. */
function listen(url: string, headers: Record<string, string>, until: string, first?: string): Promise<Heard> {
  const socket = new WebSocket(url, { headers });
  return new Promise((resolve) => {
    let text = "";
    let timer: NodeJS.Timeout | undefined;
    const end = (refused: number | null, closed: number | null): void => {
      clearTimeout(timer);
      socket.terminate();
      resolve({ refused, text, closed });
    };
    socket.on("error", () => {});
    socket.on("unexpected-response", (_req, res) => end(res.statusCode ?? 0, null));
    socket.on("open", () => {
      if (first !== undefined) socket.send(first);
      // A refused first word closes it within this time, too.
      timer = setTimeout(() => end(null, null), first === undefined ? QUIET_MS : 3_000);
    });
    socket.on("message", (data: Buffer) => {
      text += data.toString();
      if (text.includes(until)) end(null, null);
    });
    socket.on("close", (code) => end(null, code));
  });
}
