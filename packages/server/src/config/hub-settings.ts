import { integer, listOf, oneOf, origin, type Parser, Refusal, seconds, text, url } from "./parsers.ts";
import { optional, setting } from "./setting.ts";

/** The JupyterHub that people's servers run in (docs/jupyterhub.md). Part of `settings`; contract 2 gives the first names. */
export const hub = {
  apiUrl: optional({
    env: "JUPYTERHUB_API_URL",
    parser: url("http", "https"),
    about: "The hub's REST API, as in `http://jupyterhub:8000/hub/api`. Not set: there is no hub.",
  }),
  apiToken: optional({
    env: "JUPYTERHUB_API_TOKEN",
    parser: text,
    secret: true,
    about: "The token of Stoa's service at the hub, which needs no administrator's rights (docs/jupyterhub.md).",
  }),
  publicUrl: optional({
    env: "JUPYTERHUB_PUBLIC_URL",
    parser: origin,
    about: "Where people's browsers reach the hub, best a host of its own. Not set: the origin of JUPYTERHUB_API_URL.",
  }),
  proxyUrl: optional({
    env: "JUPYTERHUB_PROXY_URL",
    parser: origin,
    about:
      "Where Stoa reaches people's servers: the hub's proxy, not the hub's own port. Not set: the origin of JUPYTERHUB_API_URL.",
  }),
  timeoutSeconds: setting({
    env: "JUPYTERHUB_TIMEOUT",
    parser: seconds(1, 300),
    fallback: 15,
    about: "How long one call of the hub's may take.",
  }),
  attempts: setting({
    env: "JUPYTERHUB_ATTEMPTS",
    parser: integer(1, 10),
    fallback: 3,
    about: "How often a call that is safe to repeat is made at most: again after 1, 2, 4 … seconds, with jitter.",
  }),
  launchSeconds: setting({
    env: "JUPYTERHUB_LAUNCH_TIMEOUT",
    parser: seconds(10, 3_600),
    fallback: 300,
    about: "How long a launch may take altogether, all its tries included. A server that turns up later is taken on.",
  }),
  tokenSeconds: setting({
    env: "JUPYTERHUB_TOKEN_TTL",
    parser: seconds(60, 30 * 86_400),
    fallback: 3_600,
    about: "How long the token is good that a person lands in their server with; it reaches that server only.",
  }),
  namedServers: setting({
    env: "JUPYTERHUB_NAMED_SERVERS",
    parser: oneOf("on", "off"),
    fallback: "off",
    about:
      "Whether people may have several servers, each with a name. The hub has to allow it too (`allow_named_servers`).",
  }),
  namedServersPerPerson: setting({
    env: "JUPYTERHUB_NAMED_SERVERS_PER_PERSON",
    live: true,
    parser: integer(1, 1_000),
    fallback: 5,
    about: "Named servers one person may have at a time, besides the one without a name.",
  }),
  idleMinutes: setting({
    env: "JUPYTERHUB_IDLE_MINUTES",
    live: true,
    parser: integer(0, 43_200),
    fallback: 0,
    about: "Minutes without activity after which a server is stopped; 0: never. Turn off the hub's own idle culler.",
  }),
  idleSignals: setting({
    env: "JUPYTERHUB_IDLE_SIGNALS",
    live: true,
    parser: listOf(oneOf("kernel", "network", "terminal")),
    fallback: ["kernel", "network", "terminal"],
    about:
      "What counts as activity: a `kernel` that runs something, `network` (an open page or a call), a `terminal` that prints or is typed into.",
  }),
  idleWarningMinutes: setting({
    env: "JUPYTERHUB_IDLE_WARNING",
    live: true,
    parser: integer(0, 1_440),
    fallback: 10,
    about: "Minutes before that its owner is warned, with a way to keep it.",
  }),
} as const;

/** What people's kernels report of what they run (docs/activity.md). Part of `settings`. */
export const activity = {
  keptMonths: setting({
    env: "STOA_ACTIVITY_MONTHS",
    parser: integer(0, 1_200),
    fallback: 24,
    about: "Months that reported executions are kept; 0: for ever. Older months are dropped whole, each night.",
  }),
  dayEntries: setting({
    env: "STOA_ACTIVITY_DAY_ENTRIES",
    parser: integer(0, 100_000_000),
    fallback: 50_000,
    about: "Executions of one person that are taken in a day (UTC); 0: any number.",
  }),
  dayMegabytes: setting({
    env: "STOA_ACTIVITY_DAY_MB",
    parser: integer(0, 1_000_000),
    fallback: 256,
    about: "MiB of one person's executions, as they are kept, that are taken in a day (UTC); 0: any amount.",
  }),
} as const;

/** As an address has it: `hooks.internal`, `10.1.2.3:8080`, `[fd00::1]:8443`. In lower case. */
const hostAndPort: Parser<string> = {
  ...text,
  accepts: "a host, or a host and a port",
  parse(raw) {
    const written = String(raw).trim().toLowerCase();
    const url = URL.canParse(`https://${written}`) ? new URL(`https://${written}`) : null;
    const isPlain = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?$/.test(written);
    if (url !== null && isPlain && url.port !== "0") return written;
    return new Refusal("is no host with or without a port", "Write hooks.internal, or 10.1.2.3:8080.");
  },
};

/** Signed notices to other systems (docs/webhooks.md). Part of `settings`. */
export const webhooks = {
  privateTargets: setting({
    env: "STOA_WEBHOOK_PRIVATE_TARGETS",
    parser: listOf(hostAndPort),
    fallback: [],
    about:
      "Hosts, with port where it isn't the scheme's, that webhooks may reach though their address is private or this machine's: `hooks.internal`, `10.1.2.3:8080`. None: public addresses only.",
  }),
  keptDays: setting({
    env: "STOA_WEBHOOK_LOG_DAYS",
    parser: integer(1, 365),
    fallback: 30,
    about: "Days that deliveries are kept, to be looked at and sent again.",
  }),
  perPerson: setting({
    env: "STOA_WEBHOOKS_PER_PERSON",
    parser: integer(0, 100),
    fallback: 5,
    about: "Endpoints one person may have; 0: only administrators have webhooks.",
  }),
} as const;
