import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Person } from "../api/types.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { IconUser } from "../pieces/icons.ts";
import rows from "../pieces/rows.module.css";
import { StateChip } from "../pieces/state-chip.tsx";
import { When } from "../pieces/when.tsx";
import { accountMarks, accountState } from "./account-state.ts";
import classes from "./people.module.css";
import type { PersonChange } from "./person-dialog.tsx";

interface PersonRowProps {
  readonly person: Person;
  readonly self: boolean;
  onChange(change: PersonChange): void;
  onResetLink(): void;
}

/** One person: who, role, state, and what may be done. Nobody takes their own rights away. */
export function PersonRow({ person, self, onChange, onResetLink }: PersonRowProps) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const marks = accountMarks(person).map((mark) => t(`people.${mark}`));
  const active = person.status === "active";
  return (
    <li className={`${rows.row} ${classes.row}`}>
      <IconUser size={20} stroke={1.75} aria-hidden="true" className={rows.icon} />
      <div className={rows.main}>
        <span className="clip">
          <Link to="/people/$personId" params={{ personId: String(person.id) }}>
            <bdi>{person.full_name || person.username}</bdi>
          </Link>
          {self && <span className="quiet"> ({t("people.you")})</span>}
        </span>
        <span className={rows.under}>
          <bdi>{person.username}</bdi> · <bdi>{person.email}</bdi>
        </span>
        <span className={rows.under}>
          {t(person.is_admin ? "people.admin" : "people.person")} · {t("people.lastLogin")}:{" "}
          {person.last_login ? <When at={person.last_login} /> : t("common.never")}
        </span>
        {person.deletion_due_at !== null && person.status !== "deleted" && (
          <span className="warned small">
            {t("people.leavesOn", { date: format.dateTime(person.deletion_due_at) })}
          </span>
        )}
        {marks.length > 0 && <span className={rows.under}>{marks.join(" · ")}</span>}
      </div>
      <StateChip domain="account" state={accountState(person)} />
      <fieldset
        className={classes.actions}
        aria-label={t("people.actions", { name: person.full_name || person.username })}
      >
        <Button variant="subtle" size="compact-sm" onClick={onResetLink}>
          {t("people.resetLink")}
        </Button>
        {!self && (
          <>
            <Button
              variant="subtle"
              size="compact-sm"
              onClick={() => onChange(person.is_admin ? "removeAdmin" : "makeAdmin")}
            >
              {t(person.is_admin ? "people.removeAdmin" : "people.makeAdmin")}
            </Button>
            <Button
              variant="subtle"
              size="compact-sm"
              color={active ? "bad" : "accent"}
              onClick={() => onChange(active ? "deactivate" : "activate")}
            >
              {t(active ? "people.deactivate" : "people.activate")}
            </Button>
          </>
        )}
      </fieldset>
    </li>
  );
}
