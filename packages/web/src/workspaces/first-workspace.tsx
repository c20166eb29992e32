import { Button, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { formValues } from "../auth/form-values.ts";
import { Empty } from "../pieces/empty.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { useCreateWorkspace } from "./use-create-workspace.ts";
import classes from "./workspaces.module.css";

/** There is none yet: what one is, and its name is all that it takes to have one. */
export function FirstWorkspace() {
  const { t } = useTranslation();
  const create = useCreateWorkspace();
  return (
    <Empty
      title={t("workspaces.empty")}
      text={t("workspaces.emptyText")}
      action={
        <form
          className={classes.first}
          onSubmit={(event) => create.mutate({ name: formValues(event, ["name"]).name, description: "" })}
        >
          <TextInput
            name="name"
            aria-label={t("workspaces.firstName")}
            placeholder={t("workspaces.firstName")}
            required
            maxLength={64}
          />
          <Button type="submit" loading={create.isPending}>
            {t("common.create")}
          </Button>
          {create.isError && <ReasonCard error={create.error} />}
        </form>
      }
    />
  );
}
