type Words = Readonly<Record<"en" | "fa", string>>;

/** What keeps Stoa from the hub, in words: the one list, for the doctor, the page of the hub's health and what waits for an operator. */
export const TROUBLES = {
  dns: { en: "Its name is not found", fa: "نامش یافت نمی‌شود" },
  refused: { en: "Nothing listens at its address", fa: "در نشانی‌اش چیزی گوش نمی‌دهد" },
  tls: { en: "No safe connection to it can be made", fa: "اتصال امن به آن برقرار نمی‌شود" },
  unreachable: { en: "It can't be reached", fa: "به آن راهی نیست" },
  slow: { en: "It answers too slowly", fa: "بسیار کند پاسخ می‌دهد" },
  no_answer_yet: { en: "It has not answered yet", fa: "هنوز پاسخی نداده است" },
  not_a_hub: { en: "At that address there is no JupyterHub", fa: "در آن نشانی JupyterHub نیست" },
  too_old: { en: "It is too old", fa: "بیش از اندازه قدیمی است" },
  token_refused: { en: "It refuses Stoa's token", fa: "توکن استوا را نمی‌پذیرد" },
} as const satisfies Readonly<Record<string, Words>>;

export type HubTrouble = keyof typeof TROUBLES;
export const HUB_TROUBLES = Object.keys(TROUBLES) as HubTrouble[];

const DNS = new Set(["ENOTFOUND", "EAI_AGAIN", "EAI_NODATA", "EAI_NONAME"]);
const SLOW = new Set(["UND_ERR_CONNECT_TIMEOUT", "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT", "ETIMEDOUT"]);
const TLS = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO)/;

export interface NetworkTrouble {
  readonly kind: "dns" | "refused" | "slow" | "tls" | "unreachable";
  /** The system's words, in English. */
  readonly said: string;
}

/** Why there was no answer at all. @param error as the network gave it */
export function networkTrouble(error: unknown): NetworkTrouble {
  const { code = "", name, message: said } = causeOf(error);
  if (DNS.has(code)) return { kind: "dns", said };
  if (code === "ECONNREFUSED") return { kind: "refused", said };
  if (SLOW.has(code) || name === "TimeoutError") return { kind: "slow", said };
  return { kind: TLS.test(code) ? "tls" : "unreachable", said };
}

/** A name with two addresses fails with both errors. */
function causeOf(error: unknown): { readonly code?: string; readonly name: string; readonly message: string } {
  if (error instanceof AggregateError && error.errors.length > 0) return causeOf(error.errors[0]);
  if (error instanceof Error) return error as Error & { code?: string };
  return { name: "Error", message: String(error) };
}
