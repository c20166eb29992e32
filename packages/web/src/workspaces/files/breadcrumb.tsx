import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type FilesOf, workspaceOf } from "../../api/files.ts";
import { IconChevronRight } from "../../pieces/icons.ts";
import { draggedKind, readDragged } from "./dragged-paths.ts";
import type { FileVerbs } from "./file-asks.ts";
import { shownName, trail } from "./file-path.ts";
import classes from "./files.module.css";
import { placeSearch } from "./place-search.ts";
import { useDropTarget } from "./use-drop-target.ts";

interface BreadcrumbProps {
  readonly of: FilesOf;
  readonly path: string;
  readonly writable: boolean;
  readonly moveInto: FileVerbs["moveInto"];
}

/** Where one is, each folder on the way a link that takes rows let go over it; nothing at the root. */
export function Breadcrumb({ path, ...rest }: BreadcrumbProps) {
  const { t } = useTranslation();
  if (path === "") return null;
  return (
    <nav aria-label={t("files.path")}>
      <ol className={classes.trail}>
        <Step {...rest} folder="">
          {t("files.root")}
        </Step>
        {trail(path).map((step) => (
          <li key={step.path} className={classes.step}>
            <IconChevronRight size={14} aria-hidden="true" className="along" />
            {step.path === path ? (
              <span className="clip" dir="auto" aria-current="page">
                {shownName(step.name)}
              </span>
            ) : (
              <Step {...rest} folder={step.path} inner>
                {shownName(step.name)}
              </Step>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}

interface StepProps extends Omit<BreadcrumbProps, "path"> {
  readonly folder: string;
  /** Stands in a list item already. */
  readonly inner?: boolean;
  readonly children: ReactNode;
}

function Step({ of, folder, writable, moveInto, inner = false, children }: StepProps) {
  const { over, handlers } = useDropTarget({
    accepts: (types) => writable && types.includes(draggedKind),
    onDrop: (transfer) => moveInto(readDragged(transfer, workspaceOf(of), folder), folder),
  });
  const link = (
    <Link
      to="/workspaces/$workspaceId"
      params={{ workspaceId: String(workspaceOf(of)) }}
      search={placeSearch(of, folder)}
      className={`clip ${classes.place}`}
      dir="auto"
      data-over={over || undefined}
      {...handlers}
    >
      {children}
    </Link>
  );
  return inner ? link : <li className={classes.step}>{link}</li>;
}
