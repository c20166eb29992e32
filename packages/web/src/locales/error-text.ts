import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { type ApiError, asApiError } from "../api/api-error.ts";

export interface ErrorText {
  /** In the reader's language. */
  readonly text: string;
  /** The server's own words in English, which know more than the text: of what, and why. */
  readonly inEnglish: string | null;
}

/** What an error says to whoever reads the page. */
export function useErrorText(): (error: unknown) => ErrorText {
  const { t, i18n } = useTranslation();
  return (error) => errorText(t, i18n.language, error);
}

/**
 * The server's own sentence where the reader can read it, else the catalogue's by the error's code. The server
 * answers in Persian what stands in its catalogue, but the problem that it names in it is told in English.
 */
export function errorText(t: TFunction, language: string, thrown: unknown): ErrorText {
  const error = asApiError(thrown);
  const { message, code, status } = error;
  if (code === "network") return { text: t("problems.network"), inEnglish: null };
  // Not of an answer: a text of the portal's own, or of the browser's.
  if (status === 0) return { text: message, inEnglish: null };
  // With the reader's own figures.
  if (code === "rate_limited" && typeof error.details.seconds === "number") {
    return { text: t("problems.rate_limited", holes(error)), inEnglish: null };
  }
  const isTold = !/^HTTP \d+$/.test(message);
  if (isTold && (language !== "fa" || isPersian(error))) return { text: message, inEnglish: null };
  const { problem, reason } = error.details;
  // A reason of its own says all: nothing is left to tell in English.
  const why = typeof reason === "string" ? t(`reasons.${reason}`, { defaultValue: "" }) : "";
  if (why !== "") return { text: why, inEnglish: null };
  const text = t(`problems.${code}`, { ...holes(error), defaultValue: t("problems.defect") });
  if (saysAll.has(code)) return { text, inEnglish: null };
  return {
    text,
    inEnglish: typeof problem === "string" ? `${problem}.` : isTold && !hasPersian(message) ? message : null,
  };
}

/** Codes whose own text leaves nothing to tell in English. */
const saysAll = new Set(["precondition_failed", "deletion_pending", "email_unverified"]);

const hasPersian = (text: string) => /[\u0600-\u06ff]/.test(text);

/** What fills the sentence is English wherever it is words, and may be a name or a number. */
function isPersian({ message, details }: ApiError): boolean {
  if (!hasPersian(message)) return false;
  return ![details.problem, details.what, details.needs].some((one) => typeof one === "string" && !hasPersian(one));
}

function holes({ details }: ApiError): Record<string, string | number> {
  const { limit, seconds } = details;
  return { limit: typeof limit === "number" ? limit : 0, seconds: typeof seconds === "number" ? seconds : 0 };
}
