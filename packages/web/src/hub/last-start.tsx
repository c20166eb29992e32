import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { HubLaunch } from "../api/hub.ts";
import { operationQuery } from "../api/operations.ts";
import { OperationSteps } from "../operations/operation-steps.tsx";
import { IconChevronDown } from "../pieces/icons.ts";
import { Section } from "../pieces/page.tsx";
import { StateChip } from "../pieces/state-chip.tsx";
import { goesOn } from "./server-look.ts";

const panel = "last-start";

/** The last start, step by step: open while it goes on. */
export function LastStart({ launch }: { launch: HubLaunch }) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(goesOn(launch));
  const { data: operation } = useQuery(operationQuery(launch.operation_id));
  if (operation === undefined) return null;
  return (
    <Section
      title={t("jupyter.lastStart")}
      action={
        <Button
          variant="subtle"
          size="compact-sm"
          aria-expanded={opened}
          aria-controls={panel}
          rightSection={<IconChevronDown size={16} aria-hidden="true" />}
          onClick={() => setOpened(!opened)}
        >
          {t(opened ? "activity.hideSteps" : "activity.showSteps")}
        </Button>
      }
    >
      <StateChip domain="operation" state={operation.state} since={operation.finished_at ?? operation.created_at} />
      {/* Why it failed stands in the server's own card. */}
      <div id={panel} hidden={!opened}>
        {opened && <OperationSteps operation={{ id: operation.id, state: operation.state, error: null }} />}
      </div>
    </Section>
  );
}
