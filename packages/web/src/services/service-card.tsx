import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Service, updateService } from "../api/services.ts";
import { IconRobot } from "../pieces/icons.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";
import rows from "../pieces/rows.module.css";
import { StateChip } from "../pieces/state-chip.tsx";
import { ClientTokens } from "./client-tokens.tsx";
import classes from "./services.module.css";

/** One service: who runs it, whom it brings, and, opened, its tokens. */
export function ServiceCard({ service }: { service: Service }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [opened, setOpened] = useState(false);
  const change = useMutation({
    mutationFn: () => updateService(service.id, { active: !service.active }),
    onSettled: () => client.invalidateQueries({ queryKey: ["services"] }),
  });
  const panel = `tokens-${service.id}`;
  return (
    <li className={classes.service}>
      <div className={classes.head}>
        <IconRobot size={20} stroke={1.75} aria-hidden="true" className={rows.icon} />
        <div className={rows.main}>
          <bdi>{service.username}</bdi>
          <span className={rows.under} dir="auto">
            {service.description}
          </span>
          <span className="quiet small">
            {t("services.tokensCount", { count: service.live_tokens })} ·{" "}
            {t("services.people", { count: service.people })}
            {!service.api_client && ` · ${t("services.noClient")}`}
          </span>
        </div>
        <StateChip domain="account" state={service.active ? "active" : "deactivated"} />
        <Button
          variant="subtle"
          size="compact-sm"
          color={service.active ? "bad" : "accent"}
          loading={change.isPending}
          onClick={() => change.mutate()}
        >
          {t(service.active ? "people.deactivate" : "people.activate")}
        </Button>
        <Button
          variant="default"
          size="compact-sm"
          aria-expanded={opened}
          aria-controls={panel}
          onClick={() => setOpened(!opened)}
        >
          {t("services.tokens")}
        </Button>
      </div>
      {change.isError && <ReasonCard error={change.error} />}
      <div id={panel} hidden={!opened}>
        {opened && <ClientTokens service={service} />}
      </div>
    </li>
  );
}
