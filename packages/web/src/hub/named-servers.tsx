import { Button, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { OwnHub } from "../api/hub.ts";
import { IconPlayerPlay } from "../pieces/icons.ts";
import { Section } from "../pieces/page.tsx";
import classes from "./hub.module.css";
import { ServerCard } from "./server-card.tsx";
import { isServerName, lookOf } from "./server-look.ts";

/** Servers beside the usual one, where the hub allows them; those that run still, where it did so once. */
export function NamedServers({ hub }: { hub: OwnHub }) {
  const { t } = useTranslation();
  const named = hub.servers.filter((one) => one.server !== "");
  const shown = hub.named_servers ? named : named.filter((one) => lookOf(one) !== "stopped");
  if (!hub.named_servers && shown.length === 0) return null;
  return (
    <Section title={t("jupyter.named.title")}>
      <p className="quiet">{t("jupyter.named.lead")}</p>
      {hub.named_servers && <NewServer />}
      <ul className={classes.rowsOf}>
        {shown.map((server) => (
          <li key={server.server}>
            <ServerCard hub={hub} server={server} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function NewServer() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [isWrong, setWrong] = useState(false);
  const start = (event: FormEvent) => {
    event.preventDefault();
    const server = name.trim().toLowerCase();
    setWrong(!isServerName(server));
    if (isServerName(server)) void navigate({ to: "/jupyter/open", search: { server } });
  };
  return (
    <form className={classes.named} onSubmit={start} noValidate>
      <TextInput
        label={t("jupyter.named.name")}
        description={t("jupyter.named.rule")}
        inputWrapperOrder={["label", "input", "description", "error"]}
        error={isWrong && t("jupyter.named.wrong")}
        value={name}
        dir="ltr"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={63}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Button
        type="submit"
        variant="default"
        leftSection={<IconPlayerPlay size={18} aria-hidden="true" className="along" />}
      >
        {t("jupyter.named.add")}
      </Button>
    </form>
  );
}
