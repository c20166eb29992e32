import type { ErrorDetails } from "../../platform/errors/stoa-error.ts";
import { LocalizedRefusal, type TextOfRefusal } from "../localized-refusal.ts";

const texts = {
  no_such_group: { code: "not_found", en: "There is no such group", fa: "چنین گروهی وجود ندارد" },
  no_such_member: { code: "not_found", en: "There is no such member in this group", fa: "چنین عضوی در این گروه نیست" },
  not_to_be_found: {
    code: "not_found",
    en: "There is nobody of this id whom you can find in the directory. An administrator can add anybody",
    fa: "کسی با این شناسه در فهرست افرادی که می‌بینید نیست. مدیر سیستم می‌تواند هر کسی را اضافه کند",
  },
  creation_closed: {
    code: "forbidden",
    en: "Only administrators make groups here. Ask one of them",
    fa: "در این سامانه فقط مدیران گروه می‌سازند. از یکی از آن‌ها بخواهید",
  },
  all_for_admins: {
    code: "forbidden",
    en: "Only administrators see all groups. Leave out `which` for your own",
    fa: "فقط مدیران همهٔ گروه‌ها را می‌بینند. برای گروه‌های خودتان `which` را ننویسید",
  },
  owners_only: {
    code: "forbidden",
    en: "Only the group's owners and administrators do this",
    fa: "این کار فقط از مالکان گروه و مدیران سیستم برمی‌آید",
  },
  name_taken: {
    code: "conflict",
    en: "There is a group of this name already. Choose another",
    fa: "گروهی با این نام وجود دارد. نام دیگری انتخاب کنید",
  },
  name_rule: {
    code: "unprocessable",
    en: "A group's name has 1 to 64 characters, none of them invisible",
    fa: "نام گروه باید 1 تا 64 نویسه باشد و نویسهٔ ناپیدا نداشته باشد",
  },
  description_rule: {
    code: "unprocessable",
    en: "A description has at most 1,000 characters, none of them invisible",
    fa: "توضیح باید حداکثر 1000 نویسه باشد و نویسهٔ ناپیدا نداشته باشد",
  },
  last_owner: {
    code: "conflict",
    en: "This is the group's last active owner. Make somebody else an owner first, or delete the group",
    fa: "این آخرین مالک فعال گروه است. ابتدا شخص دیگری را مالک کنید یا گروه را حذف کنید",
  },
  built_in: {
    code: "conflict",
    en: "This group is part of Stoa. Its members can change, the group itself cannot",
    fa: "این گروه جزئی از استوا است. اعضای آن تغییر می‌کنند، خود گروه نه",
  },
  services_only: {
    code: "conflict",
    en: "Only service accounts can be members of this group, and none owns it",
    fa: "فقط حساب‌های سرویس می‌توانند عضو این گروه باشند و هیچ‌کدام مالک آن نمی‌شود",
  },
  people_only: {
    code: "conflict",
    en: "A service account cannot be a member of this group: it is for people",
    fa: "حساب سرویس نمی‌تواند عضو این گروه باشد؛ این گروه برای اشخاص است",
  },
  too_many_groups: {
    code: "conflict",
    en: "You own {count} groups, the most allowed. Delete one first, or ask an administrator",
    fa: "شما مالک {count} گروه هستید که بیشترین حد مجاز است. ابتدا یکی را حذف کنید یا از مدیر سیستم بخواهید",
  },
  too_many_members: {
    code: "conflict",
    en: "The group has {count} members, the most allowed",
    fa: "این گروه {count} عضو دارد که بیشترین حد مجاز است",
  },
} as const satisfies Record<string, TextOfRefusal>;

export function groupRefusal(reason: keyof typeof texts, details: ErrorDetails = {}): LocalizedRefusal {
  return new LocalizedRefusal(reason, texts[reason], details);
}
