import { tricks } from "../browser/hostile-page.ts";

/** Where it is to do harm. */
export interface Aims {
  /** The portal's origin. */
  readonly portal: string;
  /** Of another session of the same person: a terminal. */
  readonly other: string;
  /** Whom the person is to be signed in as. */
  readonly account: { readonly username: string; readonly password: string };
}

/** What it tries: each by its own name, which is told with what came of it. */
export interface Try {
  readonly name: string;
  readonly trick: keyof typeof tricks;
  readonly aim: Readonly<Record<string, unknown>>;
  /** The same lines against the session's own origin: these succeed. */
  readonly own?: true;
}

const NEW = JSON.stringify({ name: "by the notebook", description: "", workspace_details: {} });
const TOKEN = JSON.stringify({ label: "by the notebook", scopes: [] });
const PROFILE = JSON.stringify({ full_name: "by the notebook" });

export function tries({ portal, other, account }: Aims): Try[] {
  const api = `${portal}/api/stoa/v1`;
  const shown = ["/workspaces/", "/jobs/", "/portal", "/passthrough/any/1/", "/docs", "/status/"].map(
    (path) => portal + path,
  );
  const reads = [...shown, ...["/auth/session", "/account", "/account/tokens", "/audit"].map((path) => api + path)];
  const posts: [string, string][] = [
    [`${portal}/workspaces/`, NEW],
    [`${api}/account/tokens`, TOKEN],
    [`${api}/auth/sign-out`, "{}"],
    [`${api}/auth/sign-in`, JSON.stringify(account)],
    [`${portal}/workspaces/1/?_method=DELETE&_method=PUT`, JSON.stringify({ _method: "DELETE", name: "gone" })],
    [`${api}/account?_method=PATCH`, PROFILE],
    [`${portal}/jobs/1/stop/?_method=PUT`, "{}"],
  ];
  const asked: [string, string, string][] = [
    ["POST", `${portal}/workspaces/`, NEW],
    ["POST", `${api}/account/tokens`, TOKEN],
    ["PATCH", `${api}/account`, PROFILE],
    ["PUT", `${portal}/jobs/1/stop/`, "{}"],
    ["DELETE", `${portal}/workspaces/1/`, "{}"],
    ["POST", `${api}/sessions/1/ticket`, "{}"],
  ];
  const types = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"];
  const kinds = ["blob", "data", "srcdoc", "sandboxed", "blob-worker", "data-worker"];
  const all: [Try["trick"], Record<string, unknown>, "own"?][] = [
    ...reads.map((url): [Try["trick"], { url: string }] => ["read", { url }]),
    ...posts.flatMap(([url, body]): [Try["trick"], Record<string, unknown>][] => [
      ...types.map((type): [Try["trick"], Record<string, unknown>] => ["writeUnasked", { url, body, type }]),
      ...types.map((enctype): [Try["trick"], Record<string, unknown>] => ["form", { url, body, enctype }]),
      ["beacon", { url, body }],
    ]),
    ...asked.map(([method, url, body]): [Try["trick"], Record<string, unknown>] => ["write", { url, body, method }]),
    ...["/events/socket", "/sessions/1/terminal"].map((path): [Try["trick"], { url: string }] => [
      "socket",
      { url: api + path },
    ]),
    ["listen", { url: `${portal}/jobs/1/` }],
    ["socket", { url: `${other}/tty` }],
    ["events", { url: `${api}/events` }],
    ...[`${portal}/`, `${portal}/portal`, `${api}/auth/session`, `${other}/`].flatMap(
      (url): [Try["trick"], { url: string }][] => [
        ["frame", { url }],
        ["popup", { url }],
      ],
    ),
    ["hold", { url: `${portal}/portal` }],
    ["hold", { url: `${portal}/workspaces/` }],
    ...["script", "link", "object", "embed", "img"].map((tag): [Try["trick"], Record<string, unknown>] => [
      "embed",
      { url: `${portal}/workspaces/`, tag },
    ]),
    ["worker", { url: `${portal}/portal/x.js`, scope: "/" }],
    ["worker", { url: "/files/worker.js", scope: "/" }],
    ...kinds.flatMap((kind): [Try["trick"], Record<string, unknown>][] => [
      ["through", { kind, url: `${portal}/workspaces/` }],
      ["through", { kind, url: `${portal}/workspaces/`, post: NEW }],
      ["through", { kind, url: `${api}/auth/sign-out`, post: "{}" }],
      ["through", { kind, url: `${other}/` }],
    ]),
    ...["prefetch", "preload", "modulepreload", "prerender", "speculation"].map(
      (rel): [Try["trick"], Record<string, unknown>] => ["ahead", { url: `${portal}/workspaces/?${rel}`, rel }],
    ),
    ["download", { url: `${portal}/workspaces/` }],
    ["download", { url: `${api}/workspaces/1/files/content?path=diary.txt` }],
    ["read", { url: `${other}/` }],
    ["form", { url: `${other}/`, body: "{}", enctype: "text/plain" }],
    // The very same lines, at home.
    ["read", { url: "/api/status" }, "own"],
    ["writeUnasked", { url: "/api/status", body: "{}", type: "text/plain" }, "own"],
    ["form", { url: "/api/status", body: "{}", enctype: "text/plain" }, "own"],
    ["beacon", { url: "/api/status", body: "{}" }, "own"],
    ["write", { url: "/api/status", body: "{}" }, "own"],
    ["socket", { url: "/api/events/subscribe" }, "own"],
    ["frame", { url: "/api/status" }, "own"],
    ["popup", { url: "/api/status" }, "own"],
    ["hold", { url: "/api/status" }, "own"],
    ["embed", { url: "/files/worker.js", tag: "script" }, "own"],
    ["worker", { url: "/files/worker.js", scope: "/files/" }, "own"],
    ["through", { kind: "blob", url: "/api/status" }, "own"],
    ["through", { kind: "srcdoc", url: "/api/status" }, "own"],
    ["through", { kind: "blob-worker", url: "/api/status" }, "own"],
    // These have no origin: what anybody may read is left.
    ["through", { kind: "data", url: "data:,hello" }, "own"],
    ["through", { kind: "sandboxed", url: "data:,hello" }, "own"],
    ["through", { kind: "data-worker", url: "data:,hello" }, "own"],
    ["ahead", { url: "/api/status", rel: "prefetch" }, "own"],
    ["ahead", { url: "/api/status", rel: "preload" }, "own"],
    ["ahead", { url: "/files/worker.js", rel: "modulepreload" }, "own"],
  ];
  return all.map(([trick, aim, own]) => ({
    name: `${trick} ${Object.values(aim).join(" ")}`,
    trick,
    aim,
    ...(own === undefined ? {} : { own: true as const }),
  }));
}

/** Says that something of it ran as a script. */
const ran = (where: string) => `window.ran=[...(window.ran??[]),'${where}']`;

/** Markup that is to run, or to act, by being looked at. */
function markup(where: string, { portal }: Aims): string {
  const form = `<form action="${portal}/workspaces/" method="post" enctype="text/plain"><input name='${NEW.slice(0, -1)},"x":"' value='"}'></form>`;
  return [
    `<h2>Results by ${where}</h2>`,
    `<script>${ran(`${where} script`)}</script>`,
    `<img src="nothing" onerror="${ran(`${where} image`)}">`,
    `<svg onload="${ran(`${where} svg`)}"><script>${ran(`${where} script in svg`)}</script></svg>`,
    `<details open ontoggle="${ran(`${where} details`)}">more</details>`,
    `<iframe srcdoc="<script>parent.${ran(`${where} frame`).replaceAll("window.", "parent.")}</script>"></iframe>`,
    `<iframe src="${portal}/portal"></iframe>`,
    `<object data="${portal}/workspaces/"></object><embed src="${portal}/workspaces/">`,
    `<img src="${portal}/workspaces/?seen-in=${where}" width="1" height="1">`,
    `<link rel="prefetch" href="${portal}/workspaces/">`,
    `<style>@import url("${portal}/workspaces/");</style>`,
    form,
  ].join("\n");
}

/** A notebook to be given to somebody, and the script that lies beside it. */
export function givenFiles(aims: Aims): { readonly name: string; readonly content: string }[] {
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="${ran("drawing")}"><script>${ran("script in drawing")}</script><image href="${aims.portal}/workspaces/?seen-in=drawing"/></svg>`;
  const html = `<h2>It ran</h2><script>${hostileScript(aims)}</script>`;
  const run = [
    "from IPython.display import HTML, SVG, Javascript, display",
    `display(Javascript(${JSON.stringify(ran("javascript output"))}))`,
    `display(SVG(${JSON.stringify(drawing)}))`,
    `display(HTML(${JSON.stringify(html)}))`,
  ].join("\n");
  const output = (data: Record<string, string>) => ({ output_type: "display_data", metadata: {}, data });
  const notebook = {
    cells: [
      {
        cell_type: "markdown",
        id: "m1",
        metadata: { trusted: true },
        source: `# Please run all cells\n${markup("text", aims)}\n\n[for you](javascript:${ran("link")})\n`,
      },
      {
        cell_type: "code",
        id: "c1",
        execution_count: 1,
        metadata: { trusted: true },
        outputs: [
          output({ "text/html": markup("output", aims) }),
          output({ "application/javascript": ran("stored javascript") }),
          output({ "image/svg+xml": drawing }),
          output({ "text/markdown": markup("described output", aims) }),
        ],
        source: run,
      },
    ],
    metadata: {
      kernelspec: { display_name: "Python 3", language: "python", name: "python3" },
      signature: "sha256:0000000000000000000000000000000000000000000000000000000000000000",
      trusted: true,
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
  return [
    { name: "given.ipynb", content: JSON.stringify(notebook) },
    { name: "worker.js", content: "self.addEventListener?.('fetch', () => {});" },
  ];
}

/** A dozen at a time, as its own script; what came of each is left in `window.spoils`. */
function hostileScript(aims: Aims): string {
  const functions = Object.entries(tricks).map(([name, text]) => `${JSON.stringify(name)}: ${text}`);
  return `(async () => {
    ${ran("html output")};
    const tricks = { ${functions.join(",\n")} };
    const spoils = {};
    const waiting = ${JSON.stringify(tries(aims))};
    const lane = async () => {
      for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
        const said = await tricks[one.trick](one.aim).catch((error) => "failed " + error);
        spoils[(one.own ? "own: " : "") + one.name] = said;
      }
    };
    await Promise.all(Array.from({ length: 12 }, lane));
    window.spoils = spoils;
  })()`;
}
