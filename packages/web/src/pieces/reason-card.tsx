import { lazy, type ReactNode, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { useErrorText } from "../locales/error-text.ts";
import { whenQuiet } from "./when-quiet.ts";

export interface ReasonCardProps {
  /** What did not happen. */
  readonly title?: string;
  readonly error: unknown;
  readonly onRetry?: (() => void) | undefined;
  readonly children?: ReactNode;
}

const load = () =>
  import("./reason-body.tsx").then(
    (module) => ({ default: module.ReasonBody }),
    // What goes wrong may be the very connection.
    () => ({ default: Bare }),
  );
const ReasonBody = lazy(load);

// So that it is there when there is no server to ask for it.
whenQuiet(load);

/** Not now, because: what, why, and what now; with the request id for whoever helps. */
export function ReasonCard(props: ReasonCardProps) {
  return (
    <Suspense fallback={<Bare {...props} />}>
      <ReasonBody {...props} />
    </Suspense>
  );
}

/** The words alone. */
function Bare({ title, error, children }: ReasonCardProps) {
  const { t } = useTranslation();
  const { text } = useErrorText()(error);
  return (
    <section role="alert" aria-label={title ?? t("errors.title")}>
      <strong>{title ?? t("errors.title")}</strong> <span dir="auto">{text}</span>
      {children}
    </section>
  );
}
