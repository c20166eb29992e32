import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { StorageSubject } from "../../api/storage.ts";
import { Section } from "../../pieces/page.tsx";
import { ownerName } from "../level.ts";
import { StorageMeter } from "../storage-meter.tsx";
import classes from "./own.module.css";

/** What one's groups have, side by side. */
export function GroupStorages({ groups }: { groups: readonly StorageSubject[] }) {
  const { t } = useTranslation();
  if (groups.length === 0) return null;
  return (
    <Section title={t("storage.ofGroups")}>
      <p className="quiet">{t("storage.ofGroupsText")}</p>
      <ul className={classes.groups}>
        {groups.map((subject) => (
          <li key={subject.id}>
            {subject.group !== null && (
              <Link to="/groups/$groupId" params={{ groupId: String(subject.group.id) }} className={classes.name}>
                <bdi>{subject.group.name}</bdi>
              </Link>
            )}
            <StorageMeter subject={subject} label={t("storage.ofGroup", { name: ownerName(subject) })} />
          </li>
        ))}
      </ul>
    </Section>
  );
}
