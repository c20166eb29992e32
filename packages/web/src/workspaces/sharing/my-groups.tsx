import { Checkbox } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { myGroupsQuery } from "../../api/groups.ts";
import type { Chosen } from "./chosen.ts";
import classes from "./sharing.module.css";

interface MyGroupsProps {
  has(one: Chosen): boolean;
  onChoose(one: Chosen): void;
}

/** The groups that one is in; nothing for who is in none. */
export function MyGroups({ has, onChoose }: MyGroupsProps) {
  const { t } = useTranslation();
  const groups = useQuery(myGroupsQuery);
  const people = groups.data?.items.filter(({ built_in }) => !built_in) ?? [];
  if (people.length === 0) return null;
  return (
    <fieldset className={classes.groups}>
      <legend>{t("sharing.groups")}</legend>
      {people.map((group) => {
        const one: Chosen = { kind: "group", id: group.id, name: group.name };
        return (
          <Checkbox
            key={group.id}
            checked={has(one)}
            onChange={() => onChoose(one)}
            label={
              <>
                <bdi>{group.name}</bdi>{" "}
                <span className="quiet small">{t("groups.members", { count: group.member_count })}</span>
              </>
            }
          />
        );
      })}
    </fieldset>
  );
}
