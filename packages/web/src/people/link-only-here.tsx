import { useTranslation } from "react-i18next";
import { opensOnlyHere } from "./opens-only-here.ts";

/** Says of a link that others than this machine can't open it, and what to set. */
export function LinkOnlyHere({ url }: { url: string | undefined }) {
  const { t } = useTranslation();
  if (url === undefined || !opensOnlyHere(url)) return null;
  return (
    <div role="note" className="warned">
      {t("people.linkOnlyHere")}
    </div>
  );
}
