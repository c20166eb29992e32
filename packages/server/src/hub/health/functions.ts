/** What a scope holds besides itself, as hubs since 3.0 expand it; only what is needed here. */
const HOLDS: Readonly<Record<string, readonly string[]>> = {
  "admin:users": ["users", "delete:users"],
  users: ["read:users", "list:users"],
  "read:users": ["read:users:activity"],
  "users:activity": ["read:users:activity"],
  "admin:servers": ["servers"],
  servers: ["read:servers", "delete:servers"],
  tokens: ["read:tokens"],
};

interface HubFunction {
  readonly id: string;
  /** All of them. */
  readonly needs: readonly string[];
  readonly en: string;
  readonly fa: string;
}

/** What Stoa does with the hub, and the scopes that each needs: the one table of them. */
export const HUB_FUNCTIONS = [
  {
    id: "see_users",
    needs: ["read:users"],
    en: "Look up a person's hub user: launches, the dashboard, linking, reports of kernels",
    fa: "یافتن کاربر هر کس در JupyterHub: راه‌اندازی، داشبورد، پیوند و گزارش کرنل‌ها",
  },
  {
    id: "see_servers",
    needs: ["read:servers"],
    en: "See whether a server runs, and follow its start",
    fa: "دیدن وضعیت سرورها و دنبال کردن راه‌اندازی آن‌ها",
  },
  {
    id: "make_users",
    needs: ["admin:users"],
    en: "Make hub users at registration and launch",
    fa: "ساختن کاربر JupyterHub هنگام ثبت‌نام و راه‌اندازی",
  },
  {
    id: "delete_users",
    needs: ["delete:users"],
    en: "Delete a hub user with the account it was made for",
    fa: "حذف کاربر JupyterHub همراه با حسابی که برایش ساخته شده بود",
  },
  {
    id: "start_servers",
    needs: ["servers"],
    en: "Start servers",
    fa: "راه‌اندازی سرورها",
  },
  {
    id: "stop_servers",
    needs: ["delete:servers"],
    en: "Stop servers, idle ones too",
    fa: "متوقف کردن سرورها، سرورهای بی‌کار هم",
  },
  {
    id: "make_tokens",
    needs: ["tokens"],
    en: "Let people into their servers without signing in again; list and end their tokens",
    fa: "راه دادن افراد به سرورشان بدون ورود دوباره؛ فهرست و پایان توکن‌هایشان",
  },
  {
    id: "list_users",
    needs: ["list:users", "read:servers"],
    en: "Follow all servers, and list hub users for linking and drift",
    fa: "دنبال کردن همهٔ سرورها و فهرست کاربران JupyterHub برای پیوند و ناهمخوانی‌ها",
  },
  {
    id: "see_activity",
    needs: ["read:users:activity"],
    en: "See when a hub user was active last, in lists of hub users",
    fa: "دیدن آخرین فعالیت هر کاربر JupyterHub در فهرست کاربران",
  },
  {
    id: "ask_servers",
    needs: ["access:servers"],
    en: "Ask servers for their kernels and terminals: without it idle ones are stopped only where network alone counts",
    fa: "پرسیدن کرنل‌ها و ترمینال‌های هر سرور: بدون آن سرور بی‌کار تنها وقتی متوقف می‌شود که فقط شبکه فعالیت به شمار آید",
  },
] as const satisfies readonly HubFunction[];

export type HubFunctionId = (typeof HUB_FUNCTIONS)[number]["id"];

export interface FunctionState {
  readonly id: HubFunctionId;
  readonly on: boolean;
  /** Scopes that the token has not, or has for some users only (`servers!group=x`). */
  readonly missing: readonly string[];
  readonly what: Readonly<Record<"en" | "fa", string>>;
}

/** What is on with these scopes, and what each other function lacks. A hub tells them expanded; that is done here too. */
export function functionsOf(scopes: ReadonlySet<string>): FunctionState[] {
  const held = expanded(scopes);
  return HUB_FUNCTIONS.map(({ id, needs, en, fa }) => {
    const missing = needs.filter((scope) => !held.has(scope));
    return { id, on: missing.length === 0, missing, what: { en, fa } };
  });
}

/** In which scope of the documentation's table one is held that nobody grants alone. */
const GRANTED_WITH: Readonly<Record<string, string>> = { "delete:users": "admin:users", "delete:servers": "servers" };

/** What an operator adds to the role for those that are missing, each once. */
export function scopesToAdd(missing: readonly string[]): string[] {
  return [...new Set(missing.map((scope) => GRANTED_WITH[scope] ?? scope))];
}

function expanded(scopes: ReadonlySet<string>): ReadonlySet<string> {
  const held = new Set<string>();
  const add = (scope: string): void => {
    if (held.has(scope)) return;
    held.add(scope);
    for (const inner of HOLDS[scope] ?? []) add(inner);
  };
  for (const scope of scopes) add(scope);
  return held;
}
