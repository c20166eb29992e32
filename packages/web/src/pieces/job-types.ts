import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { sessionTypesQuery } from "../api/sessions.ts";
import { type Icon, IconApps, IconChartDots, IconCode, IconFlask, IconNotebook, IconTerminal2 } from "./icons.ts";

/** Pictures by the names that the server gives them. */
const icons: Readonly<Record<string, Icon>> = {
  terminal: IconTerminal2,
  flask: IconFlask,
  notebook: IconNotebook,
  jupyter: IconNotebook,
  code: IconCode,
  chart: IconChartDots,
};

/** What the portal says and shows of each job type. */
export interface JobTypes {
  /** In the reader's language, or as the server calls it. */
  nameOf(jobType: string): string;
  /** What it is, in a few words; empty for one that only its operator knows. */
  aboutOf(jobType: string): string;
  iconOf(jobType: string): Icon;
}

export function useJobTypes(): JobTypes {
  const { t } = useTranslation();
  const { data } = useQuery(sessionTypesQuery);
  return useMemo(() => {
    const find = (jobType: string) => data?.find(({ id }) => id === jobType);
    // Each row of a long list asks for one of a few.
    const names = new Map<string, string>();
    return {
      nameOf(jobType) {
        const name = names.get(jobType) ?? t(`jobTypes.${jobType}`, { defaultValue: find(jobType)?.name ?? jobType });
        names.set(jobType, name);
        return name;
      },
      aboutOf: (jobType) => t(`jobTypeIs.${jobType}`, { defaultValue: "" }),
      iconOf: (jobType) => icons[find(jobType)?.icon ?? jobType] ?? IconApps,
    };
  }, [data, t]);
}
