import type { Config } from "@stoa/server/config/schema.ts";
import type { HubClient, HubSelf } from "@stoa/server/hub/client/contract.ts";
import { HubRefusal } from "@stoa/server/hub/client/contract.ts";
import { openHubClient, publicOrigin } from "@stoa/server/hub/client/open-client.ts";
import { openServerCalls, type ServerAnswer } from "@stoa/server/hub/client/server-use.ts";
import { type Connection, tryConnection } from "@stoa/server/hub/health/connection.ts";
import { functionsOf, scopesToAdd } from "@stoa/server/hub/health/functions.ts";
import { remedyFor, shownAddress } from "@stoa/server/hub/health/remedies.ts";
import { type Check, fail, ok, warn } from "@stoa/server/platform/database/doctor/check.ts";
import { createOutboundClient } from "@stoa/server/platform/outbound/outbound-client.ts";

const PAGE = "docs/jupyterhub.md";
const CONNECTION = "hub connection";
const TOKEN = "hub token";
const PUBLIC = "hub address";
const SERVERS = "hub servers";
/** How many of people's servers are asked at most, until one answers: one may be busy. */
const MOST_ASKED = 3;
/** Milliseconds: an operator waits for it. */
const PATIENCE_MS = 5_000;
/** Without these nobody can start a server. */
const VITAL: ReadonlySet<string> = new Set(["see_users", "see_servers", "start_servers"]);

/** Whether the JupyterHub of the settings is there, and lets Stoa do what it is to do. Changes nothing. */
export async function hubChecks(config: Config): Promise<Check[]> {
  const { apiUrl, apiToken } = config.hub;
  if (apiUrl === null) return [ok("hub", "none is set up")];
  const connection = await tryConnection(apiUrl, PATIENCE_MS);
  const checks = [connectionCheck(connection, shownAddress(apiUrl))];
  if (apiToken === null) {
    const fix = "Set JUPYTERHUB_API_TOKEN to the token of Stoa's service at the hub.";
    return [...checks, fail(TOKEN, "none is set, so that there is no hub for Stoa", fix)];
  }
  if (connection.kind !== "ok") return checks;
  return [...checks, ...(await tokenChecks(config)), await publicCheck(config, apiUrl)];
}

function connectionCheck(found: Connection, address: string): Check {
  if (found.kind === "ok") return ok(CONNECTION, `JupyterHub ${found.version} at ${address}`);
  return fail(CONNECTION, connectionFault(found, address), remedyFor(found.kind, "en"));
}

function connectionFault(found: Exclude<Connection, { readonly kind: "ok" }>, apiUrl: string): string {
  switch (found.kind) {
    case "too_old":
      return `JupyterHub ${found.version} at ${apiUrl}`;
    case "dns":
      return `${found.host} is no name that this machine finds`;
    case "refused":
      return `nothing listens at ${apiUrl}`;
    case "slow":
      return `${apiUrl} gave no answer in ${PATIENCE_MS / 1_000} s`;
    case "tls":
      return `TLS with ${apiUrl} fails: ${found.said}`;
    case "unreachable":
      return `${apiUrl} can't be reached: ${found.said}`;
    case "not_a_hub":
      return notHub(found);
  }
}

function notHub({ status, page }: { readonly status: number; readonly page: boolean }): string {
  return `something answers (${status}${page ? ", with a page" : ""}), but not a hub's API`;
}

/** One look, without the retries of a server that has time. */
async function tokenChecks(config: Config): Promise<Check[]> {
  const once = { ...config, hub: { ...config.hub, attempts: 1, timeoutSeconds: PATIENCE_MS / 1_000 } };
  const outbound = (policy: Parameters<typeof createOutboundClient>[0]) => createOutboundClient(policy);
  const client = openHubClient({ config: once, outbound }, () => undefined);
  if (client === null) return [];
  try {
    const self = await client.self();
    const name = `${self.kind === "service" ? "the service" : "the user"} ${self.name}`;
    return [
      whoCheck(self, name),
      ...scopeChecks(self),
      await userCheck(client, self),
      ...(await serversCheck(once, client, self)),
    ];
  } catch (error) {
    return [refusedCheck(error)];
  } finally {
    await client.close();
  }
}

function refusedCheck(error: unknown): Check {
  if (error instanceof HubRefusal && error.kind === "forbidden") {
    return fail(
      TOKEN,
      `the hub does not take it (${error.status}): ${error.message}`,
      remedyFor("token_refused", "en"),
    );
  }
  const said = error instanceof Error ? error.message : String(error);
  return fail(TOKEN, `the hub did not say whose it is: ${said}`, `Look at the hub's log. ${PAGE}, Token.`);
}

/** A person's token, or an administrator's, is more than Stoa needs and ends with the person. */
function whoCheck({ kind, scopes }: HubSelf, name: string): Check {
  const fix = `Make it the token of a service with a role of its own, without admin. ${PAGE}, Scopes.`;
  if (kind === "user") return warn(TOKEN, `it is a person's: ${name}`, fix);
  if (scopes.has("shutdown")) return warn(TOKEN, `${name} may do everything, even end the hub`, fix);
  return ok(TOKEN, `it is ${name}'s`);
}

function scopeChecks({ scopes }: HubSelf): Check[] {
  const off = functionsOf(scopes).filter(({ on }) => !on);
  if (off.length === 0) return [ok("hub scopes", "all functions are on")];
  const told = new Set<string>();
  return off.map(({ id, missing, what }) => {
    const add = scopesToAdd(missing);
    const anew = add.filter((scope) => !told.has(scope));
    for (const scope of add) told.add(scope);
    const found = `off: ${what.en} (lacks ${add.join(", ")})`;
    const verb =
      anew.length === 0 ? "As above." : `Add ${anew.join(", ")} to the role in load_roles, and restart the hub.`;
    const fix = `${verb} ${PAGE}, Scopes.`;
    return VITAL.has(id) ? fail("hub scopes", found, fix) : warn("hub scopes", found, fix);
  });
}

/** Whether the hub tells of users at all. */
async function userCheck(client: HubClient, { scopes }: HubSelf): Promise<Check> {
  const name = "hub users";
  if (!functionsOf(scopes).some(({ id, on }) => id === "list_users" && on)) {
    return ok(name, "not listed: the token may not");
  }
  try {
    const users = await client.users({ offset: 0, limit: 1 });
    return ok(name, users.length === 0 ? "none yet" : "the hub lists them");
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return fail(name, `the hub does not list them: ${said}`, `Look at the hub's log. ${PAGE}, User.`);
  }
}

/** Whether people's servers can be asked if anybody uses them, where that counts; the hub takes the question for a call. */
async function serversCheck(config: Config, client: HubClient, { scopes }: HubSelf): Promise<Check[]> {
  const may = new Set(functionsOf(scopes).flatMap(({ id, on }) => (on ? [id] : [])));
  if (!may.has("list_users") || !may.has("ask_servers")) return [];
  const outbound = (policy: Parameters<typeof createOutboundClient>[0]) => createOutboundClient(policy);
  const calls = openServerCalls({ config, outbound });
  if (calls === null || !config.hub.idleSignals.some((signal) => signal !== "network")) return [];
  try {
    const users = await client.users({ offset: 0, limit: 200 });
    const urls = users.flatMap(({ servers }) => [...(servers?.values() ?? [])]).filter(({ ready }) => ready);
    let answer: ServerAnswer | null = null;
    for (const { url } of urls.slice(0, MOST_ASKED)) {
      answer = await calls.useOf(url);
      if (typeof answer !== "string") break;
    }
    return [answerCheck(config, answer)];
  } catch (error) {
    return [warn(SERVERS, `not asked: ${error instanceof Error ? error.message : error}`, "Look at the hub's log.")];
  } finally {
    await calls.close();
  }
}

function answerCheck({ hub }: Config, answer: ServerAnswer | null): Check {
  if (answer === null) return ok(SERVERS, "none runs that could be asked");
  if (typeof answer !== "string") return ok(SERVERS, "they tell of their kernels");
  const said = { silent: "give no answer", forbidden: "refuse to tell", elsewhere: "are not what answers" }[answer];
  const found = `they ${said} at ${hub.proxyUrl ?? new URL(hub.apiUrl ?? "").origin}: idle ones are not stopped`;
  return warn(
    SERVERS,
    found,
    `Set JUPYTERHUB_PROXY_URL to the hub's proxy, as browsers reach it. ${PAGE}, Idle servers.`,
  );
}

/** As browsers reach it; from here that may be another way than from theirs. */
async function publicCheck(config: Config, apiUrl: string): Promise<Check> {
  const origin = publicOrigin({ config }) ?? "";
  const found = await tryConnection(`${origin}${new URL(apiUrl).pathname}`, PATIENCE_MS);
  if (found.kind === "ok") return ok(PUBLIC, `people's browsers find it at ${origin}`);
  const why = found.kind === "not_a_hub" ? notHub(found) : `it can't be reached from here (${found.kind})`;
  const fix = `Set JUPYTERHUB_PUBLIC_URL to where browsers reach the hub. ${PAGE}, Connection.`;
  return warn(PUBLIC, `${origin}: ${why}`, fix);
}
