import type { ErrorCode } from "../../platform/errors/catalogue.ts";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { LaunchProblem } from "../launch/causes.ts";
import { launchWords } from "../launch/launch-words.ts";

type Locale = "en" | "fa";

/** Contract 2's texts of a launch that goes well. */
export const LAUNCH_TEXTS = {
  running: { en: "Jupyter Lab is running", fa: "Jupyter Lab در حال اجرا است" },
  started: {
    en: "Jupyter Lab is starting… Please wait 30 seconds.",
    fa: "Jupyter Lab در حال راه‌اندازی است... لطفاً 30 ثانیه صبر کنید.",
  },
  pending: {
    en: "Jupyter Lab is starting… Please wait.",
    fa: "Jupyter Lab در حال راه‌اندازی است... لطفاً صبر کنید.",
  },
} as const satisfies Record<string, Readonly<Record<Locale, string>>>;

/** At which point of the launch it came to nothing: the contract words the same cause differently. */
export type Point = "look" | "user" | "start";

const UNREACHABLE = {
  en: "JupyterHub could not be reached. Please try again.",
  fa: "خطا در اتصال به JupyterHub. لطفاً مجدداً تلاش کنید.",
};
const UNREACHABLE_AT_START = {
  en: "JupyterHub could not be reached to start the server",
  fa: "خطا در اتصال به JupyterHub برای راه‌اندازی سرور",
};
const NO_USER = { en: "The JupyterHub user could not be made", fa: "خطا در ایجاد کاربر JupyterHub" };

/** A launch that came to nothing, in contract 2's words and with its numbers. */
export class ContractLaunchRefused extends StoaError {
  override readonly expected: boolean = true;
  readonly #problem: LaunchProblem;
  readonly #point: Point;

  constructor(problem: LaunchProblem, point: Point) {
    const options = { details: { cause: problem.kind }, cause: problem };
    super(codeOf(problem), { message: textOf(problem, point, "en"), ...options });
    [this.#problem, this.#point] = [problem, point];
  }

  inLocale(locale: Locale): StoaError {
    return new StoaError(this.code, { message: textOf(this.#problem, this.#point, locale), details: this.details });
  }
}

function codeOf({ kind }: LaunchProblem): ErrorCode {
  if (kind === "hub_down" || kind === "no_hub") return "unavailable";
  return kind === "name_taken" || kind === "over_quota" ? "conflict" : "launch_failed";
}

function textOf({ kind }: LaunchProblem, point: Point, locale: Locale): string {
  if (kind === "hub_down" || kind === "no_hub") return (point === "start" ? UNREACHABLE_AT_START : UNREACHABLE)[locale];
  const words = launchWords(kind, locale);
  if (kind === "name_taken" || kind === "over_quota") return words;
  if (point === "user") return NO_USER[locale];
  const status = kind === "at_capacity" ? 429 : kind === "token_refused" ? 403 : 500;
  const said = `${status} - ${words}`;
  return locale === "fa" ? `خطا در راه‌اندازی Jupyter: ${said}` : `Jupyter could not be started: ${said}`;
}
