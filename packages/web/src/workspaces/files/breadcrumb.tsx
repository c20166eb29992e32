import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { IconChevronRight } from "../../pieces/icons.ts";
import { shownName, trail } from "./file-path.ts";
import classes from "./files.module.css";

/** Where one is, each folder on the way a link; nothing at the root. */
export function Breadcrumb({ workspaceId, path }: { workspaceId: number; path: string }) {
  const { t } = useTranslation();
  if (path === "") return null;
  const params = { workspaceId: String(workspaceId) };
  return (
    <nav aria-label={t("files.path")}>
      <ol className={classes.trail}>
        <li>
          <Link to="/workspaces/$workspaceId" params={params} search={{}}>
            {t("files.root")}
          </Link>
        </li>
        {trail(path).map((step) => (
          <li key={step.path}>
            <IconChevronRight size={14} aria-hidden="true" className="along" />
            {step.path === path ? (
              <span className="clip" dir="auto" aria-current="page">
                {shownName(step.name)}
              </span>
            ) : (
              <Link
                to="/workspaces/$workspaceId"
                params={params}
                search={{ path: step.path }}
                className="clip"
                dir="auto"
              >
                {shownName(step.name)}
              </Link>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}
