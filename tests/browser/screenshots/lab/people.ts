/** The people of a plausible lab: user name, full name, organization, days since the last sign-in. */
export const colleagues = [
  ["nmoradi", "Nasrin Moradi", "Marine Ecology", 0],
  ["hkarimi", "حسین کریمی", "دانشکدهٔ علوم دریایی", 1],
  ["jokafor", "Joy Okafor", "Genomics Core", 2],
  ["mlindqvist", "Måns Lindqvist", "Marine Ecology", 3],
  ["psingh", "Priya Singh", "Statistics", 5],
  ["tnakamura", "Takeshi Nakamura", "Remote Sensing", 9],
  ["zrahimi", "زهرا رحیمی", "آزمایشگاه ژنتیک", 14],
  ["aduarte", "Ana Duarte", null, 30],
  ["bwei", "Bo Wei", "Genomics Core", 61],
  ["oldfellow", "Edward Longstaff", "Emeritus", 400],
] as const;

/** Names that break layouts: no place to break, another direction, many marks, pictures, markup. */
export const absurdNames = [
  "W".repeat(300),
  "پروژه‌ی‌بسیاربسیار".repeat(17),
  `${"👩🏽‍🔬🧪🪸".repeat(12)} reef`,
  "a\u0301\u0323\u0308\u0302".repeat(60),
  "x",
  `مرجان reef ۱۲۳ (${"copy of ".repeat(30)}final)`,
  "<img src=x onerror=alert(1)> & \"quoted\" 'name'",
  `${"very-long-name-with-hyphens-".repeat(10)}end`,
  "كلمةٌ عربيّةٌ ".repeat(20).trim(),
  "1234567890".repeat(30),
] as const;
