import { entries } from "./catalogue.ts";

const INTRODUCTION = `# Configuration

Made from \`packages/server/src/config/settings.ts\` by \`npx stoa config reference\`; a test compares them.

Stoa starts without any configuration. What you set comes from three places; the first that names a setting wins:

1. the environment,
2. a file \`.env\` in the directory Stoa is started in,
3. a YAML file that \`STOA_CONFIG\` names (\`STOA_CONFIG=/etc/stoa.yaml\`).

An empty variable is one that is not set. Names that Stoa doesn't know are refused, since a mistyped setting
would silently do nothing. \`npx stoa config check\` lists every problem with its remedy; \`npx stoa config print\`
shows what applies and where it comes from, without secrets. Before the first start, \`node scripts/run.mjs install\`
brings \`npx stoa\`.

Settings that say so may also be changed in the portal (System, Settings) while Stoa runs. What is written in one of
the three places is fixed there, and wins.

\`\`\`sh
# .env
STOA_PUBLIC_URL=https://stoa.example.org
STOA_SESSION_DOMAIN=sessions.example.net
STOA_REGISTRATION=domains
STOA_REGISTRATION_DOMAINS=example.org
\`\`\`

The same in YAML, where groups are indented:

\`\`\`yaml
public_url: https://stoa.example.org
session_domain: sessions.example.net
registration:
  mode: domains
  domains: [example.org]
\`\`\`

## Settings
`;

const DANGERS = `
## What is refused

- Open registration at an address that others reach, without TLS in front.
- \`STOA_LOCAL_ISOLATION=none\` together with open registration at such an address.
- A session domain that is the portal's own, or above it; without TLS also one below it.
- \`API_KEY\` under 16 characters, \`STOA_SECRET_KEY\` under 32, \`STOA_ADMIN_PASSWORD\` under 8, and values out of examples.
- \`STOA_SECRET_KEY\` and \`STOA_SECRET_KEY_FILE\` both; \`DATABASE_DIRECT_URL\` without \`DATABASE_URL\`.
- \`*\` among the CORS origins, \`0.0.0.0/0\` or \`::/0\` among the trusted proxies.
`;

/** The text of docs/configuration.md. */
export function renderReference(): string {
  const rows = entries.map(({ setting, yaml }) => {
    const accepts = `${setting.parser.accepts}${setting.secret ? " (secret)" : ""}`;
    return `### \`${setting.env}\`\n${setting.about}\n\n${upperFirst(accepts)}. Default: ${showDefault(setting.fallbackText)}. In YAML: \`${yaml}\`.${setting.live ? " May be changed in the portal." : ""}\n`;
  });
  return `${INTRODUCTION}\n${rows.join("\n")}${DANGERS}`;
}

/** Plain values as code; sentences and "not set" as they are. */
function showDefault(text: string): string {
  if (text === "") return "none";
  return text.includes("`") || text === "not set" || text.startsWith("the ") ? text : `\`${text}\``;
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
