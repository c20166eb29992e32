/** What tests do beside the browser, as a signed-in person. */
export interface Account {
  /** @returns its id */
  makeWorkspace(name: string, files: Readonly<Record<string, string>>): Promise<number>;
  makeFolder(workspace: number, path: string): Promise<void>;
  write(workspace: number, path: string, content: string | Uint8Array<ArrayBuffer>): Promise<void>;
  /** To the trash. */
  remove(workspace: number, path: string): Promise<void>;
  read(workspace: number, path: string): Promise<string>;
  /** As it is on the disk: `read` leaves out the mark before a text. */
  readBytes(workspace: number, path: string): Promise<Uint8Array>;
  /** With the one person whom this finds. */
  share(workspace: number, search: string): Promise<void>;
  /** @returns its number */
  startSession(workspace: number, type: string): Promise<number>;
  /** Lets the one person whom this finds look at a session. */
  letIn(session: number, search: string): Promise<void>;
  /** Asks for an archive to be unpacked. @returns the operation's id */
  unpack(workspace: number, path: string): Promise<string>;
  /** All that run. */
  stopSessions(): Promise<void>;
  /** Of a person, if there is one; for administrators. */
  removeCoreHourLimit(person: number): Promise<void>;
  /** For the one person of this name, and named as they are; for administrators. @param quota bytes */
  makeStorage(username: string, quota: number): Promise<void>;
  /** Throws when an answer takes longer, in milliseconds. */
  readWithin(path: string, most: number): Promise<void>;
  /** Bytes. */
  sizeOf(workspace: number, path: string): Promise<number>;
}

/** Signs in by the same calls as the portal. */
export async function apiOf(base: string, username: string, password: string): Promise<Account> {
  const signedIn = await fetch(`${base}/api/stoa/v1/auth/sign-in`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: base },
    body: JSON.stringify({ username, password }),
  });
  const { csrf_token } = (await expectOk(signedIn).json()) as { csrf_token: string };
  const cookie = signedIn.headers
    .getSetCookie()
    .map((one) => one.split(";")[0])
    .join("; ");
  const call = async (method: string, path: string, body?: unknown) => {
    const raw = typeof body === "string" || body instanceof Uint8Array;
    const answer = await fetch(base + path, {
      method,
      headers: {
        cookie,
        origin: base,
        "x-csrf-token": csrf_token,
        ...(body === undefined ? {} : { "content-type": raw ? "application/octet-stream" : "application/json" }),
      },
      ...(body === undefined ? {} : { body: raw ? body : JSON.stringify(body) }),
    });
    return expectOk(answer);
  };
  const files = (workspace: number) => `/api/stoa/v1/workspaces/${workspace}/files`;
  const content = (workspace: number, path: string) => `${files(workspace)}/content?path=${encodeURIComponent(path)}`;
  const peopleFound = async (search: string): Promise<number[]> => {
    const found = await (await call("GET", `/users/?search=${encodeURIComponent(search)}`)).json();
    return (found as { data: { users: { id: number }[] } }).data.users.map(({ id }) => id);
  };
  return {
    async makeWorkspace(name, contents) {
      const list = Object.entries(contents).map(([file, text]) => ({ name: file, content: text }));
      const body = { name, description: "", workspace_details: { files: list, symlinks: [] } };
      const made = (await (await call("POST", "/workspaces/", body)).json()) as { data: { workspace: { id: number } } };
      return made.data.workspace.id;
    },
    makeFolder: async (workspace, path) => void (await call("POST", `${files(workspace)}/folder`, { path })),
    write: async (workspace, path, bytes) => void (await call("PUT", content(workspace, path), bytes)),
    remove: async (workspace, path) =>
      void (await call("DELETE", `${files(workspace)}?path=${encodeURIComponent(path)}`)),
    read: async (workspace, path) => (await call("GET", content(workspace, path))).text(),
    readBytes: async (workspace, path) =>
      new Uint8Array(await (await call("GET", content(workspace, path))).arrayBuffer()),
    async startSession(workspace, type) {
      const body = { workspace_id: workspace, job_type: type };
      return ((await (await call("POST", "/api/stoa/v1/sessions", body)).json()) as { id: number }).id;
    },
    async unpack(workspace, path) {
      const asked = await call("POST", `${files(workspace)}/unpack`, { path, to: "out" });
      return ((await asked.json()) as { operation_id: string }).operation_id;
    },
    async letIn(session, search) {
      const [person] = await peopleFound(search);
      await call("POST", `/api/stoa/v1/sessions/${session}/viewers`, { account_id: person });
    },
    async stopSessions() {
      const { items } = (await (await call("GET", "/api/stoa/v1/sessions?live=true")).json()) as {
        items: { id: number; status: string }[];
      };
      for (const { id, status } of items) {
        if (status !== "stopping") await call("POST", `/api/stoa/v1/sessions/${id}/stop`, {});
      }
    },
    removeCoreHourLimit: async (person) => void (await call("DELETE", `/api/stoa/v1/people/${person}/core-hours`)),
    async makeStorage(username, quota) {
      const [person] = await peopleFound(username);
      const wish = { kind: "user", name: username, account_id: person, quota };
      await call("POST", "/api/stoa/v1/storage/subjects", wish);
    },
    async share(workspace, search) {
      const ids = await peopleFound(search);
      await call("POST", `/api/stoa/v1/workspaces/${workspace}/shares`, { account_ids: ids });
    },
    async readWithin(path, most) {
      const began = performance.now();
      await (await call("GET", path)).text();
      const took = performance.now() - began;
      if (took > most) throw new Error(`${path} took ${Math.round(took)} ms`);
    },
    sizeOf: async (workspace, path) =>
      Number((await call("HEAD", content(workspace, path))).headers.get("content-length")),
  };
}

function expectOk(answer: Response): Response {
  if (!answer.ok) throw new Error(`${answer.url} answered ${answer.status}`);
  return answer;
}
