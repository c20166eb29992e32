import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { type Group, type GroupRole, type Member, putMember, removeMember } from "../api/groups.ts";
import { IconRobot, IconUser } from "../pieces/icons.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";
import rows from "../pieces/rows.module.css";
import classes from "./groups.module.css";

/** One member: who, as what, and what may be done about it. Everybody may leave. */
export function MemberRow({ group, member, self }: { group: Group; member: Member; self: boolean }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const refresh = () => client.invalidateQueries({ queryKey: ["groups"] });
  const change = useMutation({
    mutationFn: (role: GroupRole) => putMember(group.id, member.account_id, role),
    onSettled: refresh,
  });
  const remove = useMutation({
    mutationFn: () => removeMember(group.id, member.account_id),
    onSuccess: async () => {
      if (self) await navigate({ to: "/groups" });
      await refresh();
    },
  });
  const name = member.full_name || member.username;
  const Icon = member.kind === "service" ? IconRobot : IconUser;
  const other: GroupRole = member.role === "owner" ? "member" : "owner";
  return (
    <li className={`${rows.row} ${classes.member}`}>
      <Icon size={20} stroke={1.75} aria-hidden="true" className={rows.icon} />
      <div className={rows.main}>
        <span className="clip">
          <bdi>{name}</bdi>
          {self && <span className="quiet"> ({t("people.you")})</span>}
          {!member.active && <span className="quiet"> · {t("states.deactivated")}</span>}
        </span>
        <span className={rows.under}>
          <bdi>{member.email ?? member.username}</bdi>
        </span>
        {change.isError && <ReasonCard error={change.error} />}
        {remove.isError && <ReasonCard error={remove.error} />}
      </div>
      <span className="quiet small">{t(`groups.${member.role}`)}</span>
      <fieldset className={classes.verbs} aria-label={t("people.actions", { name })}>
        {group.may_manage && !group.built_in && (
          <Button variant="subtle" size="compact-sm" loading={change.isPending} onClick={() => change.mutate(other)}>
            {t(other === "owner" ? "groups.makeOwner" : "groups.makeMember")}
          </Button>
        )}
        {(group.may_manage || self) && (
          <Button
            variant="subtle"
            size="compact-sm"
            color="bad"
            loading={remove.isPending}
            onClick={() => remove.mutate()}
          >
            {t(self ? "groups.leave" : "groups.remove")}
          </Button>
        )}
      </fieldset>
    </li>
  );
}
