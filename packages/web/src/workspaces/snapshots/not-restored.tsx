import { useTranslation } from "react-i18next";
import { errorFrom } from "../../api/api-error.ts";
import type { NotRestored } from "../../api/snapshots.ts";
import { useErrorText } from "../../locales/error-text.ts";
import { IconCircleX } from "../../pieces/icons.ts";
import { shownName } from "../files/file-path.ts";
import classes from "./snapshots.module.css";

/** What did not come back, each with its reason. */
export function NotRestoredList({ failed }: { failed: readonly NotRestored[] }) {
  const { t } = useTranslation();
  const tell = useErrorText();
  return (
    <section role="alert" aria-label={t("snapshots.failed")} className={classes.notRestored}>
      <strong className={classes.bad}>
        <IconCircleX size={18} aria-hidden="true" /> {t("snapshots.failed")}
      </strong>
      <ul className={classes.failed}>
        {failed.map(({ path, problem, code }) => (
          <li key={path}>
            <bdi>{shownName(path)}</bdi>:{" "}
            <span dir="auto">{tell(errorFrom(409, { detail: problem, code }, null)).text}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
