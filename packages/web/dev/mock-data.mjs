// Made-up answers in the shapes of the real APIs, for looking at pages without a server. Never built, never shipped.
const minute = 60_000;
export const ago = (minutes) => new Date(Date.now() - minutes * minute).toISOString();

export const admin = {
  id: 1,
  username: "admin",
  email: "admin@example.org",
  full_name: "Ada Lovelace",
  organization: "Analytical Society",
  is_admin: true,
  status: "active",
  locale: null,
  created_at: ago(60 * 24 * 90),
  last_login: ago(30),
};

const long = "A name that nobody would ever choose but somebody always does ".repeat(5).slice(0, 300);

export function makeData(mode) {
  if (mode === "empty")
    return {
      workspaces: [],
      files: {},
      sessions: [],
      operations: [],
      tokens: [],
      people: [admin],
      audit: [],
      trash: [],
    };
  const absurd = mode === "absurd";
  const workspaces = [
    {
      id: 12,
      name: "Reef temperature model",
      description: "Sensors 2019–2025, cleaned and joined",
      disk_space: 4_310_000_000,
      status: "active",
      launch: 42,
    },
    {
      id: 9,
      name: "درس آمار ۲",
      description: "تمرین‌ها و داده‌های کلاس",
      disk_space: 18_200_000,
      status: "idle",
      launch: 60 * 26,
    },
    { id: 7, name: "thesis-figures", description: "", disk_space: 910_000, status: "idle", launch: 60 * 24 * 9 },
    {
      id: 5,
      name: absurd ? long.slice(0, 64) : "Old survey",
      description: absurd ? long : "",
      disk_space: 9_007_199_254_740_991,
      status: "error",
      launch: 60 * 24 * 200,
    },
    ...(absurd
      ? Array.from({ length: 10_000 }, (_, i) => ({
          id: 1000 + i,
          name: `run-${i}`,
          description: "",
          disk_space: i * 1e6,
          status: "idle",
          launch: 60 * 24 * 300 + i,
        }))
      : []),
  ].map(({ launch, ...w }) => ({
    ...w,
    datetime_created: ago(launch + 5000),
    datetime_last_modified: ago(launch),
    datetime_last_job_launch: ago(launch),
    default_job_type: null,
    workspace_details: {},
  }));
  const session = (id, status, extra = {}) => ({
    id,
    workspace: { id: 12, name: "Reef temperature model" },
    job_type: "terminal",
    job_type_name: "Terminal",
    has_terminal: true,
    opens: "terminal",
    ready: status === "running",
    exit_signal: null,
    status,
    reason: null,
    message: null,
    steps: [
      { at: ago(43), text: "Asked for 1 core and 1 GB." },
      { at: ago(42.9), text: "Started on this machine." },
      { at: ago(42.85), text: "The terminal is ready." },
    ],
    created_at: ago(43),
    started_at: ago(42.9),
    ended_at: null,
    exit_status: null,
    core_hours: "0.71500",
    time_left: 8280,
    resource: { id: "local", node: "node-1", cpus: 1 },
    ...extra,
  });
  const sessions = [
    session(31, "running"),
    session(33, "pending", {
      started_at: null,
      reason: "Waiting for a free place: 4 of 4 sessions are running.",
      steps: [{ at: ago(1), text: "Asked for 4 cores and 8 GB." }],
      created_at: ago(1),
    }),
    session(30, "complete", {
      ended_at: ago(600),
      exit_status: 0,
      core_hours: "2.10000",
      created_at: ago(700),
      started_at: ago(699),
    }),
    session(28, "failed", {
      job_type: "local_test_job",
      has_terminal: false,
      opens: "nothing",
      ended_at: ago(2000),
      created_at: ago(2001),
      started_at: ago(2000.9),
      exit_status: 127,
      reason: "The program ended at once: bash: modul: command not found.",
      workspace: { id: 9, name: "درس آمار ۲" },
    }),
  ];
  const op = (n, kind, state, subject, extra = {}) => ({
    id: `0198c0de-0000-7000-8000-00000000000${n}`,
    kind,
    subject,
    actor: { account_id: 1, label: "admin" },
    state,
    progress: null,
    message: null,
    error: null,
    result: null,
    attempt: 1,
    attempts: 3,
    cancel_requested: false,
    can_cancel: state === "running" || state === "queued",
    can_retry: state === "failed",
    created_at: ago(n * 37),
    started_at: ago(n * 37 - 0.1),
    finished_at: state === "running" || state === "queued" ? null : ago(n * 37 - 1),
    history: [
      { at: ago(n * 37), code: "queued", params: { actor: "admin" }, text: "admin asked for this." },
      { at: ago(n * 37 - 0.2), code: "started", params: { node: "node-1" }, text: "Started on node-1." },
      {
        at: ago(n * 37 - 0.9),
        code: null,
        params: null,
        text: state === "failed" ? "Moving to the trash failed." : "Files moved to the trash.",
      },
    ],
    ...extra,
  });
  const operations = [
    op(1, "session.start", "succeeded", { kind: "session", id: "31" }),
    op(2, "workspace.delete", "running", { kind: "workspace", id: "3" }, { progress: 62 }),
    op(
      3,
      "workspace.delete",
      "failed",
      { kind: "workspace", id: "2" },
      {
        attempt: 3,
        error: {
          code: "disk_full",
          message: "There is no room left for the trash.",
          remedy: "Empty the trash, or ask for more room.",
        },
      },
    ),
    op(4, "session.stop", "succeeded", { kind: "session", id: "30" }),
    op(5, "trash.purge", "queued", { kind: "trash", id: "1" }),
  ];
  const files = {
    12: [
      { name: "data", path: "data", type: "folder", size: 0, modified_at: ago(4000) },
      { name: "figures", path: "figures", type: "folder", size: 0, modified_at: ago(60) },
      { name: "README.md", path: "README.md", type: "file", size: 1_204, modified_at: ago(90) },
      { name: "reef.csv", path: "reef.csv", type: "file", size: 48_211_904, modified_at: ago(2000) },
      { name: "نتیجه‌ها.txt", path: "نتیجه‌ها.txt", type: "file", size: 3_100, modified_at: ago(12) },
      { name: "latest", path: "latest", type: "symlink", size: 0, modified_at: ago(12) },
      ...(absurd
        ? [
            { name: `${"x".repeat(250)}.txt`, path: "x", type: "file", size: 1, modified_at: ago(1) },
            { name: "evil\u202Efdp.exe", path: "e", type: "file", size: 1, modified_at: ago(1) },
          ]
        : []),
    ],
  };
  return {
    workspaces,
    sessions,
    operations,
    files,
    tokens: [
      {
        key_id: "amber-tidal-otter-nine",
        label: "backup script",
        status: "active",
        scopes: ["workspaces:read"],
        created_at: ago(9000),
        expiry_at: ago(-60 * 24 * 80),
        hard_expiry_at: ago(-60 * 24 * 300),
        last_used_at: ago(130),
        last_ip: "192.0.2.7",
        last_ua: "curl/8",
        usage_count: 412,
      },
      {
        key_id: "slow-cedar-lamp-two",
        label: "CI",
        status: "revoked",
        scopes: ["*"],
        created_at: ago(90000),
        expiry_at: ago(100),
        hard_expiry_at: ago(1),
        last_used_at: null,
        last_ip: null,
        last_ua: null,
        usage_count: 0,
      },
    ],
    people: [
      admin,
      {
        ...admin,
        id: 2,
        username: "parisa",
        email: "parisa@example.org",
        full_name: "پریسا کریمی",
        is_admin: false,
        status: "pending",
      },
      {
        ...admin,
        id: 3,
        username: "grace.h",
        email: "grace@example.org",
        full_name: absurd ? long : "Grace Hopper",
        is_admin: false,
        status: "deactivated",
        last_login: null,
      },
    ],
    audit: Array.from({ length: 12 }, (_, i) => ({
      id: 500 - i,
      at: ago(i * 13),
      action: ["workspace.create", "session.start", "account.sign-in", "file.delete"][i % 4],
      actor: { account_id: 1, label: i % 3 ? "admin" : "parisa", credential_kind: "cookie" },
      subject: { kind: "workspace", id: String(i), label: i % 2 ? "Reef temperature model" : null },
      outcome: i === 5 ? "refused" : "done",
      address: "192.0.2.7",
      request_id: `req-${i}`,
    })),
    trash: [
      {
        id: 4,
        path: "notes/draft.txt",
        workspace: { id: 12, name: "Reef temperature model" },
        kind: "file",
        deleted_at: ago(200),
        expires_at: ago(-60 * 24 * 6),
        size: 99,
      },
    ],
  };
}
