import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { AuditLine } from "../api/types.ts";
import { useLocale } from "../locales/use-locale.tsx";
import rows from "../pieces/rows.module.css";
import { StateChip } from "../pieces/state-chip.tsx";
import classes from "./audit.module.css";

/** One entry: who did what to what, when and from where; opens to all that was noted. */
export function AuditRow({ line }: { line: AuditLine }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const { subject } = line;
  return (
    <div className={classes.row}>
      <time dateTime={line.at} className={classes.when}>
        {format.dateTime(line.at)}
      </time>
      <div className={rows.main}>
        <Link
          from="/audit"
          to="/audit"
          search={(before) => ({ ...before, entry: String(line.id) })}
          resetScroll={false}
          className={rows.link}
        >
          <bdi>{line.actor.label ?? "–"}</bdi> {t(`actions.${line.action}`, { defaultValue: line.action })}
        </Link>
        <span className={`${rows.under} ${rows.parts}`}>
          <span>
            <code className="mono ltr">{line.action}</code>
          </span>
          <Subject subject={subject} />
          {/* What parts them stands in the page's own direction, whatever theirs. */}
          {typeof line.details?.owner === "string" && (
            <span>
              <bdi>{line.details.owner}</bdi>
            </span>
          )}
          {line.address !== null && (
            <span>
              <span className="mono ltr">{line.address}</span>
            </span>
          )}
        </span>
      </div>
      <span className={classes.outcome}>
        <StateChip domain="audit" state={line.outcome} />
      </span>
    </div>
  );
}

/** An operation is called by its kind, which has words of its own; everything else by its name. */
function Subject({ subject: { kind, id, label } }: Pick<AuditLine, "subject">) {
  const { t } = useTranslation();
  const words = kind === "operation" ? t(`kinds.${label}`, { defaultValue: "" }) : "";
  if (words !== "") return <span>{words}</span>;
  return (
    <span className={rows.wrapping}>
      {t(`subjects.${kind}`, { defaultValue: kind })} <bdi>{label ?? id}</bdi>
    </span>
  );
}
