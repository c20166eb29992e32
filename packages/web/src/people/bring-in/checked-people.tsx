import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { CheckedFile, LineProblem } from "../../api/people-import.ts";
import { useLocale } from "../../locales/use-locale.tsx";
import { IconAlertTriangle, IconCircleCheck } from "../../pieces/icons.ts";
import classes from "./bring-in.module.css";
import { ReadPeople } from "./read-people.tsx";

/** It has come below the button: what it says is read out, and scrolled to. */
const takeFocus = (element: HTMLElement | null) => element?.focus();

/** What would become of a file's lines: how many are added, who has an account, and every line that is wrong. */
export function CheckedPeople({ name, checked }: { name: string; checked: CheckedFile }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const { good, existing, wrong, problems, total } = checked;
  const n = (count: number) => ({ count, n: format.number(count) });
  const Icon = wrong > 0 ? IconAlertTriangle : IconCircleCheck;
  return (
    <div className={classes.checked}>
      <p className={classes.file} data-tone={wrong > 0 ? "warn" : "good"} tabIndex={-1} ref={takeFocus}>
        <Icon size={20} aria-hidden="true" />
        <span>
          <strong>
            <bdi>{name}</bdi>: {t("people.inFile", n(total))}
          </strong>{" "}
          {wrong > 0 ? t("people.wrongLines", n(wrong)) : good > 0 ? t("people.goodLines", n(good)) : t("people.noNew")}
        </span>
      </p>
      {wrong === 0 && good > 0 && <ReadPeople people={checked.people} count={good} />}
      {wrong === 0 && existing > 0 && good > 0 && <p>{t("people.leftOut", n(existing))}</p>}
      {wrong === 0 && good > 0 && (
        <p className="quiet">{t(checked.mails ? "people.linksMailed" : "people.linksByYou")}</p>
      )}
      {problems.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls by itself is reached by the keyboard.
        <section className={classes.lines} tabIndex={0} aria-label={t("people.lines")}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t("people.line")}</th>
                <th scope="col">{t("people.column")}</th>
                <th scope="col">{t("people.whatIs")}</th>
              </tr>
            </thead>
            <tbody>
              {problems.map((problem, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: they are those of one file, and stay.
                <Line key={at} problem={problem} />
              ))}
            </tbody>
          </table>
        </section>
      )}
      {problems.some(({ reason }) => reason === "group_unknown") && (
        <p>
          <Link to="/groups">{t("people.makeGroups")}</Link>
        </p>
      )}
      {problems.length < wrong + existing && <p className="quiet">{t("people.moreLines")}</p>}
    </div>
  );
}

function Line({ problem: { line, column, value, reason, message } }: { problem: LineProblem }) {
  const { format } = useLocale();
  return (
    <tr data-tone={reason === "exists" ? "quiet" : "warn"}>
      <td className="tabular">{format.number(line)}</td>
      <td>
        <bdi className="mono">{column}</bdi>
      </td>
      <td>
        {value && (
          <>
            <bdi className={classes.value}>{value}</bdi>:{" "}
          </>
        )}
        {message}
      </td>
    </tr>
  );
}
