import { Button, NativeSelect } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { LINK_STATES, ONLY_USERS } from "../../api/hub-admin.ts";
import { FilterText } from "../../pieces/filter-text.tsx";
import rows from "../../pieces/rows.module.css";
import { AccountLinks } from "./account-links.tsx";
import { ByEmail } from "./by-email.tsx";
import { Drift } from "./drift.tsx";
import classes from "./hub-admin.module.css";
import { HubFrame } from "./hub-frame.tsx";
import { HubUsers } from "./hub-users.tsx";

const route = getRouteApi("/signed-in/admin/admin/hub/people");

/** Whose the hub's users are: where both sides do not agree, people without one, hub users without a person. */
export function HubPeoplePage() {
  const { t } = useTranslation();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const go = (next: typeof search) =>
    void navigate({
      replace: true,
      resetScroll: false,
      search: Object.fromEntries(Object.entries(next).filter(([, value]) => value !== "")),
    });
  const state = LINK_STATES.find((one) => one === search.state);
  const only = search.only === "all" ? undefined : (ONLY_USERS.find((one) => one === search.only) ?? "unlinked");
  const view = search.view === "people" ? "people" : "users";
  return (
    <HubFrame title={t("adminHub.people")}>
      <p className="quiet">{t("adminHub.peopleLead")}</p>
      <Drift />
      <ByEmail />
      <fieldset className={classes.views} aria-label={t("adminHub.view")}>
        {(["users", "people"] as const).map((one) => (
          <Button
            key={one}
            variant={one === view ? "default" : "subtle"}
            aria-pressed={one === view}
            onClick={() => go({ view: one })}
          >
            {t(one === "users" ? "adminHub.users" : "adminHub.accounts")}
          </Button>
        ))}
      </fieldset>
      {view === "users" ? (
        <section aria-label={t("adminHub.users")}>
          <search className={rows.filters} aria-label={t("adminHub.which")}>
            <FilterText
              className="grow"
              label={t("adminHub.findUser")}
              value={search.user ?? ""}
              onChange={(user) => go({ ...search, user })}
            />
            <NativeSelect
              label={t("adminHub.which")}
              value={only ?? "all"}
              onChange={(event) => go({ ...search, only: event.currentTarget.value })}
              data={[
                ...ONLY_USERS.map((value) => ({ value, label: t(`adminHub.only.${value}`) })),
                { value: "all", label: t("common.all") },
              ]}
            />
          </search>
          <HubUsers
            filter={{ ...(only ? { only } : {}), ...(search.user ? { search: search.user.slice(0, 100) } : {}) }}
          />
        </section>
      ) : (
        <section aria-label={t("adminHub.accounts")}>
          <search className={rows.filters} aria-label={t("adminHub.which")}>
            <FilterText
              className="grow"
              label={t("adminHub.findPerson")}
              value={search.person ?? ""}
              onChange={(person) => go({ ...search, person })}
            />
            <NativeSelect
              label={t("adminHub.state")}
              value={state ?? ""}
              onChange={(event) => go({ ...search, state: event.currentTarget.value })}
              data={[
                { value: "", label: t("adminHub.linkIs.without") },
                ...LINK_STATES.map((value) => ({ value, label: t(`adminHub.linkIs.${value}`) })),
              ]}
            />
          </search>
          <AccountLinks
            filter={{
              ...(state ? { state } : {}),
              ...(search.person ? { search: search.person.slice(0, 100) } : {}),
            }}
          />
        </section>
      )}
    </HubFrame>
  );
}
