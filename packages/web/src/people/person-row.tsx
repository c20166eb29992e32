import { ActionIcon, Checkbox, Menu } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import type { ListedPerson } from "../api/types.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { IconDots } from "../pieces/icons.ts";
import rows from "../pieces/rows.module.css";
import { StateChip } from "../pieces/state-chip.tsx";
import { When } from "../pieces/when.tsx";
import { useSize } from "../storage/use-size.ts";
import { accountMarks, accountState } from "./account-state.ts";
import classes from "./people.module.css";
import type { PersonChange } from "./person-dialog.tsx";
import { linkWord } from "./reset-link.tsx";

interface PersonRowProps {
  readonly person: ListedPerson;
  readonly self: boolean;
  readonly isChosen: boolean;
  onChoose(id: number, isChosen: boolean, range: boolean): void;
  onChange(change: PersonChange): void;
  onResetLink(): void;
}

/** One person: who, state, last seen, what runs and what room they take; and what may be done. */
export function PersonRow({ person, self, isChosen, onChoose, ...verbs }: PersonRowProps) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const size = useSize();
  // A change event doesn't tell of the shift key; the click before it does.
  const shift = useRef(false);
  const name = person.full_name || person.username;
  const { sessions_running: running = 0, room_bytes: room = 0 } = person.glance;
  const marks = accountMarks(person).map((mark) => t(`people.${mark}`));
  return (
    <div className={classes.row}>
      <Checkbox
        className={rows.above}
        aria-label={t("people.choose", { name })}
        checked={isChosen}
        onClick={(event) => {
          shift.current = event.shiftKey;
        }}
        onChange={(event) => onChoose(person.id, event.currentTarget.checked, shift.current)}
      />
      <div className={rows.main}>
        <span className="clip">
          <Link to="/people/$personId" params={{ personId: String(person.id) }} className={rows.link}>
            <bdi>{name}</bdi>
          </Link>
          {self && <span className="quiet"> ({t("people.you")})</span>}
        </span>
        <span className={rows.under}>
          <bdi>{person.username}</bdi> · <bdi>{person.email}</bdi>
        </span>
        <span className={`${rows.under} ${rows.parts}`}>
          {person.is_admin && <span>{t("people.admin")}</span>}
          {running > 0 && <span>{t("people.running", { count: running, n: format.number(running) })}</span>}
          {room > 0 && <span>{size(room)}</span>}
          {person.last_seen ? (
            <span>
              {t("people.seen")} <When at={person.last_seen} />
            </span>
          ) : (
            <span>{t("people.neverSeen")}</span>
          )}
          {marks.map((mark) => (
            <span key={mark}>{mark}</span>
          ))}
        </span>
        {person.deletion_due_at !== null && person.status !== "deleted" && (
          <span className="warned small">
            {t("people.leavesOn", { date: format.dateTime(person.deletion_due_at) })}
          </span>
        )}
      </div>
      <span className={classes.state}>
        <StateChip domain="account" state={accountState(person)} />
      </span>
      {person.status !== "deleted" && <Verbs person={person} self={self} name={name} {...verbs} />}
    </div>
  );
}

function Verbs(props: Pick<PersonRowProps, "person" | "self" | "onChange" | "onResetLink"> & { name: string }) {
  const { t } = useTranslation();
  const { person, self, name, onChange, onResetLink } = props;
  const active = person.status === "active";
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon
          className={rows.above}
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={t("people.actions", { name })}
        >
          <IconDots size={20} aria-hidden="true" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={onResetLink}>{t(linkWord(person))}</Menu.Item>
        {!self && (
          <>
            <Menu.Item onClick={() => onChange(person.is_admin ? "removeAdmin" : "makeAdmin")}>
              {t(person.is_admin ? "people.removeAdmin" : "people.makeAdmin")}
            </Menu.Item>
            <Menu.Item onClick={() => onChange(active ? "deactivate" : "activate")}>
              {t(active ? "people.deactivate" : "people.activate")}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
