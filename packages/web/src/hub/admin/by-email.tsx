import { Button, Modal } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { emailMatchesQuery, linkByEmail } from "../../api/hub-admin.ts";
import { closeLabel } from "../../pieces/confirm.tsx";
import { FormEnd } from "../../pieces/form-end.tsx";
import { nameOfPerson } from "../../pieces/person-name.ts";
import classes from "./hub-admin.module.css";

/** Many linked at once: only those whose verified address is the hub user's very name, and all of them shown before. */
export function ByEmail() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const { data: matches } = useQuery(emailMatchesQuery);
  const link = useMutation({
    mutationFn: linkByEmail,
    onSuccess: () => setAsking(false),
    onSettled: () => client.invalidateQueries({ queryKey: ["hub"] }),
  });
  const count = matches?.count ?? 0;
  return (
    <div role="status">
      {link.data ? (
        <p>
          {t("adminHub.linkingMany")}{" "}
          <Link to="/operations" search={{ id: link.data.operation_id }}>
            {t("adminHub.itsOperation")}
          </Link>
        </p>
      ) : (
        count > 0 && (
          <p className={classes.offer}>
            <span>{t("adminHub.byEmail", { count })}</span>
            <Button variant="default" size="compact-sm" onClick={() => setAsking(true)}>
              {t("adminHub.showThem")}
            </Button>
          </p>
        )
      )}
      {asking && matches && (
        <Modal
          opened
          onClose={() => setAsking(false)}
          size="lg"
          title={t("adminHub.byEmailTitle", { count })}
          closeButtonProps={closeLabel(t)}
        >
          <form
            onSubmit={(event) => {
              event.preventDefault();
              link.mutate(count);
            }}
          >
            <p>{t("adminHub.byEmailText")}</p>
            <ul className={classes.hit}>
              {matches.items.map(({ name, account }) => (
                <li key={name}>
                  <bdi className="mono">{name}</bdi> → <bdi>{nameOfPerson(account)}</bdi>
                </li>
              ))}
            </ul>
            {count > matches.items.length && (
              <p className="quiet small">{t("adminHub.firstOnly", { count: matches.items.length })}</p>
            )}
            <FormEnd
              action={t("adminHub.linkAll", { count })}
              pending={link.isPending}
              error={link.error}
              onClose={() => setAsking(false)}
            />
          </form>
        </Modal>
      )}
    </div>
  );
}
