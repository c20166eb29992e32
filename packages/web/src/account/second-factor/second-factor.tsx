import { Button, Group, Modal } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "../../api/auth.ts";
import { shownError } from "../../api/query-trouble.ts";
import { secondFactorQuery } from "../../api/second-factor.ts";
import { useLocale } from "../../locales/use-locale.tsx";
import { closeLabel } from "../../pieces/confirm.tsx";
import { Hint } from "../../pieces/hint.tsx";
import { Section } from "../../pieces/page.tsx";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { RowsLoading } from "../../pieces/rows-loading.tsx";
import { Enrol } from "./enrol.tsx";
import { ProofForm } from "./proof-form.tsx";

/** Whether sign-in asks for a code as well, and how many recovery codes are left. */
export function SecondFactor() {
  const { t } = useTranslation();
  const { format } = useLocale();
  const client = useQueryClient();
  const [doing, setDoing] = useState<"enrol" | "codes" | "disable" | null>(null);
  const state = useQuery(secondFactorQuery);
  const close = () => {
    setDoing(null);
    void client.invalidateQueries({ queryKey: secondFactorQuery.queryKey });
    void client.invalidateQueries({ queryKey: sessionQuery.queryKey });
  };
  const { data } = state;
  return (
    <Section
      title={t("secondFactor.title")}
      hint={<Hint about={t("secondFactor.title")}>{t("help.means.secondFactor")}</Hint>}
    >
      {state.isPending && <RowsLoading rows={1} />}
      {shownError(state) !== null && <ReasonCard error={state.error} onRetry={() => void state.refetch()} />}
      {data && !data.enabled && (
        <>
          <p className="quiet">{t("secondFactor.lead")}</p>
          <Button variant="default" onClick={() => setDoing("enrol")}>
            {t("secondFactor.enable")}
          </Button>
        </>
      )}
      {data?.enabled && (
        <>
          <p>
            {t("secondFactor.on", { date: data.since ? format.date(data.since) : "" })}{" "}
            <span className={data.recovery_codes_left > 3 ? "quiet" : "warned"}>
              {t("secondFactor.codesLeft", { count: data.recovery_codes_left })}
            </span>
          </p>
          <Group gap="xs">
            <Button variant="default" size="xs" onClick={() => setDoing("codes")}>
              {t("secondFactor.newCodes")}
            </Button>
            <Button variant="subtle" size="xs" color="bad" onClick={() => setDoing("disable")}>
              {t("secondFactor.disable")}
            </Button>
          </Group>
          {data.required && <p className="quiet small">{t("secondFactor.required")}</p>}
        </>
      )}
      <Modal
        opened={doing !== null}
        onClose={close}
        title={t(doing === null ? "secondFactor.title" : `secondFactor.${doing}Title`)}
        closeButtonProps={closeLabel(t)}
        closeOnClickOutside={false}
      >
        {doing === "enrol" && <Enrol onDone={close} />}
        {(doing === "codes" || doing === "disable") && <ProofForm doing={doing} onDone={close} />}
      </Modal>
    </Section>
  );
}
