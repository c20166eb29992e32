import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { OutboundAnswer, OutboundCall, OutboundClient } from "../../platform/outbound/contract.ts";
import { answers, presentToken, presentUser } from "./answers.ts";
import { type HubCallRecord, type HubCause, type HubClient, HubRefusal } from "./contract.ts";
import { readProgress } from "./progress.ts";

type Call = (method: OutboundCall["method"], path: string, rest?: Partial<OutboundCall>) => Promise<OutboundAnswer>;

/** With the count of all, and where the next page begins. */
const PAGED = "application/jupyterhub-pagination+json, application/json";

/**
 * A hub's REST API behind an outbound client, whose base is `…/hub/api` and whose headers hold the token. Calls that
 * make or end something are safe to repeat, so they are tried again too: asked twice, a hub answers as it did before.
 * @param note is told of each call, once it has ended
 */
export function createHubClient(
  outbound: OutboundClient,
  note: (record: HubCallRecord) => void = () => undefined,
): HubClient {
  /** One call by its name, with its time and its retries. */
  async function noted<T>(name: string, work: (call: Call) => Promise<T>): Promise<T> {
    const begun = performance.now();
    let retries = 0;
    const ended = (outcome: string, said = "") =>
      note({ call: name, outcome, said, milliseconds: Math.round(performance.now() - begun), retries });
    try {
      const call: Call = async (method, path, { onRetry: onAgain, ...rest } = {}) => {
        const onRetry = (mayBeDone: boolean) => {
          retries++;
          onAgain?.(mayBeDone);
        };
        return fromHub(await outbound.call({ method, path, idempotent: true, onRetry, ...rest }));
      };
      const result = await work(call);
      ended("ok");
      return result;
    } catch (error) {
      ended(outcomeOf(error), error instanceof Error ? error.message : "");
      throw error;
    }
  }

  const lookUp: HubClient["lookUp"] = (name) =>
    noted("user", async (call) => {
      const answer = await call("GET", userPath(name));
      const hubTime = timeOf(answer);
      if (answer.status === 404) return { user: null, hubTime };
      return { user: presentUser(answers.user(expected(answer, 200))), hubTime };
    });

  const usersPage: HubClient["usersPage"] = ({ offset, limit, active = false, once = false }) =>
    noted("users", async (call) => {
      const query = { offset: String(offset), limit: String(limit), ...(active ? { state: "active" } : {}) };
      const rest = { query, headers: { accept: PAGED }, idempotent: !once };
      const answer = expected(await call("GET", "/users", rest), 200);
      const body = answers.users(answer);
      const [items, paging] = Array.isArray(body) ? [body, null] : [body.items, body._pagination];
      // A hub may give fewer than were asked for: without its word only an empty page is surely the last.
      const next = paging === null ? (items.length === 0 ? null : { offset: offset + items.length }) : paging.next;
      return { users: items.map(presentUser), hubTime: timeOf(answer), next: next?.offset ?? null };
    });

  return {
    lookUp,
    usersPage,
    users: async (page) => (await usersPage(page)).users,
    user: async (name) => (await lookUp(name)).user,
    version: () => noted("version", async (call) => answers.version(expected(await call("GET", "/"), 200)).version),
    self: () =>
      noted("self", async (call) => {
        const { kind, name, scopes } = answers.self(expected(await call("GET", "/user"), 200));
        return { kind, name, scopes: new Set(scopes) };
      }),
    makeUser: (name, onLost) =>
      noted("makeUser", async (call) => {
        let lost = false;
        const onRetry = (mayBeDone: boolean) => {
          lost ||= mayBeDone;
          if (mayBeDone) onLost?.();
        };
        const answer = await call("POST", userPath(name), { json: { admin: false }, onRetry });
        if (answer.status === 409) return lost ? "perhaps_made" : "exists";
        expected(answer, 200, 201);
        return "made";
      }),
    deleteUser: (name) =>
      noted("deleteUser", async (call) => {
        const answer = await call("DELETE", userPath(name), { isWell: isHubsOwn });
        if (answer.status === 400) throw refusal(answer, "busy");
        expected(answer, 204, 404);
      }),
    startServer: (name, server = "") =>
      noted("startServer", async (call) => {
        // Asked again while its answer is unknown there could be a second start: whoever asks looks first.
        const answer = await call("POST", serverPath(name, server), { idempotent: false, isWell: isHubsOwn });
        if (answer.status === 400) return alreadyOr(answer);
        if (answer.status === 404) throw refusal(answer, "no_such_user");
        return expected(answer, 201, 202).status === 201 ? "ready" : "pending";
      }),
    async *progress(name, server, signal) {
      const headers = { accept: "text/event-stream" };
      const path = `${serverPath(name, server)}/progress`;
      const { status, headers: said, body } = await outbound.stream({ method: "GET", path, headers, signal });
      const isProxys = status === 404 && !said["content-type"]?.startsWith("application/json");
      if (status >= 500 || isProxys) throw notTheHub(status);
      if (status !== 200) throw refusal({ status, headers: said }, status === 403 ? "forbidden" : "failed");
      try {
        yield* readProgress(body);
      } catch (error) {
        // The hub or the network broke off; whoever gave up knows it.
        if (signal.aborted) throw error;
      }
    },
    stopServer: (name, server = "") =>
      noted("stopServer", async (call) => {
        // What one server's spawner can't do says nothing of the hub. Asked once: who wants it ended has a next round.
        const answer = await call("DELETE", serverPath(name, server), { idempotent: false, isWell: isHubsOwn });
        if (answer.status === 400) throw refusal(answer, "starting");
        return expected(answer, 202, 204, 404).status === 202 ? "pending" : "stopped";
      }),
    makeToken: (name, { expiresIn, note: words, scopes }) =>
      noted("makeToken", async (call) => {
        const json = { expires_in: expiresIn, note: words, ...(scopes === null ? {} : { scopes }) };
        // Asked again there would be two.
        const answer = await call("POST", `${userPath(name)}/tokens`, { json, idempotent: false });
        if (answer.status === 400) throw refusal(answer, "forbidden");
        if (answer.status === 404) throw refusal(answer, "no_such_user");
        const { token: secret, ...made } = answers.made(expected(answer, 200, 201));
        return { ...presentToken(made), secret };
      }),
    tokens: (name) =>
      noted("tokens", async (call) => {
        const answer = await call("GET", `${userPath(name)}/tokens`);
        if (answer.status === 404) throw refusal(answer, "no_such_user");
        return answers.tokens(expected(answer, 200)).api_tokens.map(presentToken);
      }),
    revokeToken: (name, id) =>
      noted("revokeToken", async (call) => {
        const path = `${userPath(name)}/tokens/${encodeURIComponent(id)}`;
        expected(await call("DELETE", path, { isWell: isHubsOwn }), 204, 404);
      }),
    get state() {
      return outbound.state;
    },
    close: () => outbound.close(),
  };
}

function outcomeOf(error: unknown): string {
  if (error instanceof HubRefusal) return error.kind;
  return error instanceof StoaError ? error.code : "aborted";
}

/** One whose body is read as it comes has no JSON. */
type Refused = Pick<OutboundAnswer, "status" | "headers"> & Partial<Pick<OutboundAnswer, "json">>;

function userPath(name: string): string {
  return `/users/${encodeURIComponent(name)}`;
}

function serverPath(name: string, server: string): string {
  return server === "" ? `${userPath(name)}/server` : `${userPath(name)}/servers/${encodeURIComponent(server)}`;
}

/** A hub says by 400 that it runs already, starts already, and that it is ending; only its words tell them apart. */
function alreadyOr(answer: OutboundAnswer): "ready" | "pending" {
  const said = ownMessage(answer) ?? "";
  if (/pending stop|stopping/i.test(said)) throw refusal(answer, "stopping");
  if (/already running/i.test(said)) return "ready";
  // Without a word of why: the look that follows tells.
  if (said === "" || /pending|already start/i.test(said)) return "pending";
  throw refusal(answer, "failed");
}

function expected(answer: OutboundAnswer, ...statuses: readonly number[]): OutboundAnswer {
  if (statuses.includes(answer.status)) return answer;
  const { status } = answer;
  if (status === 401 || status === 403) throw refusal(answer, "forbidden");
  // 503 is a proxy's as well, before a hub that is down: only one that says when to come back is full.
  if (status === 429 || (status === 503 && answer.headers["retry-after"] !== undefined)) {
    throw refusal(answer, "at_capacity");
  }
  // A gateway's, or whatever speaks no JSON there, or says yes to what the hub answers otherwise: the hub has said nothing.
  if (status < 400 || !isHubsOwn(answer)) throw notTheHub(status);
  throw refusal(answer, "failed");
}

/**
 * The hub's proxy answers 404 to everything while it has no way to the hub, as when that starts anew: taken for the hub's
 * word it would say that nobody and nothing is there.
 */
function fromHub(answer: OutboundAnswer): OutboundAnswer {
  if (answer.status === 404 && !isHubsOwn(answer)) throw notTheHub(answer.status);
  return answer;
}

function notTheHub(status: number): StoaError {
  return new StoaError("upstream_failed", { details: { what: "JupyterHub", status } });
}

/** The hub's own error, `{status, message}`, and no proxy's page. */
function isHubsOwn(answer: OutboundAnswer): boolean {
  return ownMessage(answer) !== null;
}

function refusal(answer: Refused, kind: HubCause): HubRefusal {
  const after = Number(answer.headers["retry-after"]);
  return new HubRefusal(kind, answer.status, messageOf(answer), Number.isFinite(after) ? after : null);
}

function messageOf(answer: Refused): string {
  return ownMessage(answer) ?? `status ${answer.status}`;
}

function ownMessage(answer: Refused): string | null {
  try {
    const { message } = (answer.json?.() ?? {}) as { message?: unknown };
    return typeof message === "string" ? message.slice(0, 1_000) : null;
  } catch {
    return null;
  }
}

/** By the hub's clock, to the second; without a date in its answer by ours. */
function timeOf(answer: OutboundAnswer): Date {
  const told = Date.parse(answer.headers.date ?? "");
  return new Date(Number.isNaN(told) ? Date.now() : told);
}
