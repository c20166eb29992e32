/**
 * What stands above every document (Markdown): how to get a token, and where what lies.
 * @param origin this server's own, for what people copy from it
 */
export const introduction = (origin: string): string => `Five contracts and Stoa's own API, on one server.

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
