import type { HubTrouble } from "./trouble.ts";

type Words = Readonly<Record<"en" | "fa", string>>;

const PAGE = "docs/jupyterhub.md";
const connection: Words = { en: `${PAGE}, Connection.`, fa: `(${PAGE}، بخش Connection)` };
const DOES_IT_RUN: Words = {
  en: "Start the hub, or correct JUPYTERHUB_API_URL.",
  fa: "JupyterHub را روشن کنید یا JUPYTERHUB_API_URL را درست کنید.",
};

/** What an operator does about each, for the doctor and for the page of the hub's health alike. */
const REMEDIES: Readonly<Record<HubTrouble, Words>> = {
  too_old: { en: "Stoa needs JupyterHub 3.0 or later.", fa: "استوا به JupyterHub 3.0 یا تازه‌تر نیاز دارد." },
  dns: { en: "Correct JUPYTERHUB_API_URL.", fa: "JUPYTERHUB_API_URL را درست کنید." },
  refused: DOES_IT_RUN,
  unreachable: DOES_IT_RUN,
  slow: { en: "Does the hub run? Look at its log.", fa: "آیا JupyterHub روشن است؟ گزارش آن را ببینید." },
  no_answer_yet: { en: "Does the hub run? Look at its log.", fa: "آیا JupyterHub روشن است؟ گزارش آن را ببینید." },
  tls: {
    en: "Give the hub a certificate for this name, or NODE_EXTRA_CA_CERTS its authority's.",
    fa: "به JupyterHub گواهی این نام را بدهید، یا گواهی صادرکننده را در NODE_EXTRA_CA_CERTS بگذارید.",
  },
  not_a_hub: {
    en: "JUPYTERHUB_API_URL ends in /hub/api, with the hub's base_url before it; ask the hub past any proxy.",
    fa: "JUPYTERHUB_API_URL به /hub/api پایان می‌یابد و base_url پیش از آن می‌آید؛ از JupyterHub بدون پروکسی بپرسید.",
  },
  token_refused: {
    en: "Give JUPYTERHUB_API_TOKEN the same value at the hub and here, and restart both.",
    fa: "مقدار JUPYTERHUB_API_TOKEN را در JupyterHub و اینجا یکی کنید و هر دو را از نو راه بیندازید.",
  },
};

const TOKEN: Words = { en: `${PAGE}, Token.`, fa: `(${PAGE}، بخش Token)` };

/** What to do about it, with where that is written in full. */
export function remedyFor(trouble: HubTrouble, language: "en" | "fa"): string {
  const where = trouble === "token_refused" ? TOKEN : connection;
  return trouble === "too_old" ? REMEDIES.too_old[language] : `${REMEDIES[trouble][language]} ${where[language]}`;
}

/** Host and port of an address, and its path: never its user and password. */
export function shownAddress(apiUrl: string): string {
  const { protocol, host, pathname } = new URL(apiUrl);
  return `${protocol}//${host}${pathname}`;
}
