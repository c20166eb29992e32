/**
 * What stands above a document (Markdown): how to sign in, and where what lies. Contract 1's callers bring a key, and
 * know none of the rest.
 * @param origin this server's own, for what people copy from it
 */
export const introduction = (origin: string, isStorage: boolean): string =>
  isStorage ? ofStorage(origin) : ofAll(origin);

const ofAll = (origin: string): string => `Five contracts and Stoa's own API, on one server.

## Sign in with a personal access token

Make one in the portal: **Account → Access tokens → New token**. It is shown once, and begins with \`zpat_\`. Send it as
\`Authorization: Bearer zpat_…\`:

\`\`\`sh
curl -H "Authorization: Bearer $TOKEN" \\
  ${origin}/workspaces/
\`\`\`

It is good at every address below, as far as its scopes go. \`UWS-Authorization: Token …\` takes only the tokens that
contract 3's own sign-in gives, never a \`zpat_…\`.

## Where what is

| what | where |
|---|---|
| workspaces, and starting and stopping sessions (jobs) | \`/workspaces/\`, \`/jobs/\` (contract 3) |
| sharing workspaces, people, tokens by password or for a client | \`/shared_workspaces/\`, \`/users/\`, \`/tokens/\`, \`/status/\` (contract 3) |
| registering and signing in | \`/api/…\` (contract 2) |
| files, uploads, trash, sessions, groups, services, own account, operations, audit | below \`/api/stoa/v1\` (Stoa's own API) |

A program of the old User Workspaces Server signs in as it did: \`POST /tokens/\`, then \`UWS-Authorization: Token …\`. Its
document is \`/openapi/workspaces.json\`.
`;

const ofStorage = (origin: string): string => `Contract 1: a directory or dataset for each person and each group, with
quota and usage, for programs such as JupyterHub.

## Sign in with the key

Send the setting \`API_KEY\` as \`X-API-Key\`:

\`\`\`sh
curl -H "X-API-Key: $API_KEY" \\
  ${origin}/api/v1/storages
\`\`\`

The key is good in this document only. An administrator's token is good here as well, as
\`Authorization: Bearer …\`: a personal access token with the scope \`storage\`, or what \`POST /api/token\` gives.

Links to accounts, the trash and history are Stoa's own API (\`/openapi/stoa.json\`), below \`/api/stoa/v1/storage\`.
`;
