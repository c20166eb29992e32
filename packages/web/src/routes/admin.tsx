import { createRoute, notFound, Outlet } from "@tanstack/react-router";
import { texts } from "../admin/search.ts";
import { lazyAllStoragePage, lazyAllWebhooksPage, lazyOperatorPage, signedIn } from "./signed-in.tsx";

/** For everybody else there is no such page. */
const admin = createRoute({
  getParentRoute: () => signedIn,
  id: "admin",
  beforeLoad: ({ context }) => {
    if (!context.account.is_admin) throw notFound();
  },
  component: Outlet,
});
const people = createRoute({
  getParentRoute: () => admin,
  path: "/people",
  validateSearch: texts("search", "state", "sort", "order", "change", "import"),
  component: lazyOperatorPage(() => import("../people/people-page.tsx"), "PeoplePage"),
});
const person = createRoute({
  getParentRoute: () => admin,
  path: "/people/$personId",
  component: lazyOperatorPage(() => import("../people/person-page.tsx"), "PersonPage"),
});
const services = createRoute({
  getParentRoute: () => admin,
  path: "/services",
  component: lazyOperatorPage(() => import("../services/services-page.tsx"), "ServicesPage"),
});
const overview = createRoute({
  getParentRoute: () => admin,
  path: "/admin",
  validateSearch: texts("days", "as"),
  component: lazyOperatorPage(() => import("../admin/overview-page.tsx"), "OverviewPage"),
});
const adminSessions = createRoute({
  getParentRoute: () => admin,
  path: "/admin/sessions",
  validateSearch: texts("person", "state", "program", "host", "since", "hanging"),
  component: lazyOperatorPage(() => import("../admin/sessions-page.tsx"), "AdminSessionsPage"),
});
const storage = createRoute({
  getParentRoute: () => admin,
  path: "/admin/storage",
  validateSearch: texts("kind", "search", "only", "sort"),
  component: lazyAllStoragePage(() => import("../storage/admin/storage-page.tsx"), "StoragePage"),
});
const storageTrash = createRoute({
  getParentRoute: () => admin,
  path: "/admin/storage/trash",
  component: lazyAllStoragePage(() => import("../storage/admin/trash-page.tsx"), "StorageTrashPage"),
});
const storageSubject = createRoute({
  getParentRoute: () => admin,
  path: "/admin/storage/$subjectId",
  component: lazyAllStoragePage(() => import("../storage/admin/subject-page.tsx"), "SubjectPage"),
});
const hub = createRoute({
  getParentRoute: () => admin,
  path: "/admin/hub",
  component: lazyOperatorPage(() => import("../hub/admin/health-page.tsx"), "HubHealthPage"),
});
const hubServers = createRoute({
  getParentRoute: () => admin,
  path: "/admin/hub/servers",
  validateSearch: texts("person", "state", "nobodys"),
  component: lazyOperatorPage(() => import("../hub/admin/servers-page.tsx"), "HubServersPage"),
});
const hubPeople = createRoute({
  getParentRoute: () => admin,
  path: "/admin/hub/people",
  validateSearch: texts("view", "user", "only", "person", "state"),
  component: lazyOperatorPage(() => import("../hub/admin/people-page.tsx"), "HubPeoplePage"),
});
const allActivity = createRoute({
  getParentRoute: () => admin,
  path: "/admin/activity",
  validateSearch: texts("sort"),
  component: lazyOperatorPage(() => import("../activity/admin/people-runs-page.tsx"), "PeopleRunsPage"),
});
const allRuns = createRoute({
  getParentRoute: () => admin,
  path: "/admin/activity/runs",
  validateSearch: texts("text", "person", "status"),
  component: lazyOperatorPage(() => import("../activity/admin/runs-of-all-page.tsx"), "RunsOfAllPage"),
});
const operations = createRoute({
  getParentRoute: () => admin,
  path: "/operations",
  validateSearch: texts("state", "kind", "person", "since", "id"),
  component: lazyOperatorPage(() => import("../operations/operations-page.tsx"), "OperationsPage"),
});
const settings = createRoute({
  getParentRoute: () => admin,
  path: "/system",
  component: lazyOperatorPage(() => import("../system/settings-page.tsx"), "SettingsPage"),
});
const resources = createRoute({
  getParentRoute: () => admin,
  path: "/system/resources",
  component: lazyOperatorPage(() => import("../system/resources-page.tsx"), "ResourcesPage"),
});
const announcements = createRoute({
  getParentRoute: () => admin,
  path: "/system/announcements",
  component: lazyOperatorPage(() => import("../system/announcements-page.tsx"), "AnnouncementsPage"),
});
const webhooks = createRoute({
  getParentRoute: () => admin,
  path: "/system/webhooks",
  validateSearch: texts("person", "state"),
  component: lazyAllWebhooksPage(() => import("../webhooks/all-webhooks-page.tsx"), "AllWebhooksPage"),
});
const webhook = createRoute({
  getParentRoute: () => admin,
  path: "/system/webhooks/$webhookId",
  validateSearch: texts("state", "type", "delivery"),
  component: lazyAllWebhooksPage(() => import("../webhooks/webhook-page.tsx"), "AnyWebhookPage"),
});
const mails = createRoute({
  getParentRoute: () => admin,
  path: "/mails",
  component: lazyOperatorPage(() => import("../mails/mails-page.tsx"), "MailsPage"),
});
const audit = createRoute({
  getParentRoute: () => admin,
  path: "/audit",
  validateSearch: texts("text", "action", "actor", "thing", "thing_id", "from", "to", "entry"),
  component: lazyOperatorPage(() => import("../audit/audit-page.tsx"), "AuditPage"),
});

export const adminTree = admin.addChildren([
  people,
  person,
  services,
  overview,
  adminSessions,
  storage,
  storageTrash,
  storageSubject,
  hub,
  hubServers,
  hubPeople,
  allActivity,
  allRuns,
  operations,
  settings,
  resources,
  announcements,
  webhooks,
  webhook,
  mails,
  audit,
]);
