import { useTranslation } from "react-i18next";
import type { ReadPerson } from "../../api/people-import.ts";
import { useLocale } from "../../locales/use-locale.tsx";
import classes from "./bring-in.module.css";

/** So many lines tell whether the columns were read as they were meant. */
const SHOWN = 20;

/** Whom a file would add, as it was read: so that one sees it before it is done. */
export function ReadPeople({ people, count }: { people: readonly ReadPerson[]; count: number }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const shown = people.slice(0, SHOWN);
  const more = count - shown.length;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls by itself is reached by the keyboard. */}
      <section className={classes.lines} tabIndex={0} aria-label={t("people.readLines")}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("people.line")}</th>
              <th scope="col">{t("auth.username")}</th>
              <th scope="col">{t("people.name")}</th>
              <th scope="col">{t("auth.email")}</th>
              <th scope="col">{t("people.groupsOf")}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ line, username, full_name: name, email, groups }) => (
              <tr key={line}>
                <td className="tabular">{format.number(line)}</td>
                <td>
                  <bdi className="mono">{username}</bdi>
                </td>
                <td>
                  <bdi>{name}</bdi>
                </td>
                <td>
                  <bdi>{email}</bdi>
                </td>
                <td>{groups.length > 0 ? format.list(groups) : t("people.noGroupsOf")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {more > 0 && <p className="quiet">{t("people.andMore", { count: more, n: format.number(more) })}</p>}
    </>
  );
}
