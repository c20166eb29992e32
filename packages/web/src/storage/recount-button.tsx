import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { IconRefresh } from "../pieces/icons.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { useRecount } from "./use-recount.ts";

interface RecountButtonProps {
  /** Of the figure that is shown. */
  readonly asOf: string | null;
  onRecount(): Promise<unknown>;
}

/** Asks for a fresh figure, and turns until it has come. */
export function RecountButton({ asOf, onRecount }: RecountButtonProps) {
  const { t } = useTranslation();
  const { counting, error, recount } = useRecount(onRecount, asOf);
  return (
    <>
      <Button
        size="compact-sm"
        variant="subtle"
        leftSection={<IconRefresh size={16} aria-hidden="true" />}
        loading={counting}
        onClick={recount}
      >
        {t("storage.recount")}
      </Button>
      {error !== null && <ReasonCard error={error} />}
    </>
  );
}
