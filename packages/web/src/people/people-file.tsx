import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type PeopleFilter, peopleExportAddress, peopleFile } from "../api/people.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";

/** People as CSV: all of the list by an address, which streams; those chosen one by one gathered here first. */
export function PeopleFile({ ids, filter }: { ids: readonly number[]; filter: PeopleFilter }) {
  const { t } = useTranslation();
  const gather = useMutation({
    mutationFn: async () => {
      const made = URL.createObjectURL(await peopleFile(ids));
      const link = document.createElement("a");
      link.href = made;
      link.download = "people.csv";
      link.click();
      setTimeout(() => URL.revokeObjectURL(made), 60_000);
    },
  });
  const look = { size: "xs", variant: "subtle" } as const;
  if (ids.length === 0) {
    return (
      <Button {...look} component="a" href={peopleExportAddress(filter)} download>
        {t("people.export")}
      </Button>
    );
  }
  return (
    <>
      <Button {...look} loading={gather.isPending} onClick={() => gather.mutate()}>
        {t("people.export")}
      </Button>
      {gather.isError && <ReasonCard error={gather.error} />}
    </>
  );
}
