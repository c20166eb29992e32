import { StoaError } from "../../errors/stoa-error.ts";

/** One thing that is wrong with a request, and where. */
export interface InputIssue {
  /** `["body", "files", 0, "name"]`; the first is params, querystring, headers or body. */
  readonly at: readonly (string | number)[];
  /** What would be right, after the field's name: `must be an integer`. */
  readonly expected: { readonly en: string; readonly fa: string };
  /** Pydantic's name and text for it, which contract 1's callers read. */
  readonly pydantic: { readonly type: string; readonly msg: string };
  readonly input: unknown;
}

/** The request does not fit its schema. Each dialect tells it in a shape of its own. */
export class InvalidInput extends StoaError {
  readonly issues: readonly InputIssue[];

  constructor(issues: readonly InputIssue[]) {
    super("invalid", { details: { problem: sentence(issues, "en"), field: fieldOf(issues[0]) } });
    this.issues = issues;
  }

  inLocale(locale: "en" | "fa"): StoaError {
    return locale === "en"
      ? this
      : new StoaError("invalid", { message: `درخواست معتبر نیست: ${sentence(this.issues, "fa")}.` });
  }
}

/** The field as its sender knows it: `files[0].name`; `the body` when it is the whole. */
export function fieldOf(issue: InputIssue | undefined): string {
  if (issue === undefined) return "";
  const [part, ...path] = issue.at;
  if (path.length === 0) return part === "body" ? "the body" : `the ${String(part)}`;
  return path.reduce<string>(
    (text, step) => (typeof step === "number" ? `${text}[${step}]` : text === "" ? step : `${text}.${step}`),
    "",
  );
}

/** At most three, so that a hostile list of a thousand mistakes is not echoed. */
function sentence(issues: readonly InputIssue[], locale: "en" | "fa"): string {
  return issues
    .slice(0, 3)
    .map((issue) => `${fieldOf(issue)} ${issue.expected[locale]}`)
    .join(locale === "en" ? "; " : "؛ ");
}
