// Pictures of the console's main pages, from the demonstration: node pictures.mjs CONSOLE FOLDER
// They are PNG files of at most 150 kB each, so that the README loads fast.
import { mkdirSync, statSync } from "node:fs";
import { Browser, must } from "./judge.mjs";

const [site, folder] = process.argv.slice(2);
const PASSWORD = "mihon-kenko-call";
const LARGEST = 150_000;
const origin = new URL(site).origin;

// A list with what goes wrong in lists: a day that doesn't exist, an ID that lost its zeros, a number twice.
const LIST = `HER-SYS ID,生年月日,姓,名,電話番号,自動架電,架電時刻
04200001,昭和26年5月3日,見本,和子,090-2000-0001,yes,9:00
04200002,昭和65年3月2日,見本,清,090-2000-0002,yes,9:00
04200003,1948-10-05,見本,文子,090-2000-0003,yes,9:00;17:30
12345,1962-01-19,見本,進,090-2000-0004,yes,
04200005,平成5年8月11日,見本,光,090-2000-0005,yes,10:30
04200006,1957-02-07,見本,節子,090-2000-0001,yes,10:30
04200007,1939-12-24,見本,武,090-2000-0007,yes,9:00
`;

mkdirSync(folder, { recursive: true });
const browser = await Browser.start();
try {
  const nurse = await loggedIn("naoko@mihon.example");
  await enoughOnToday(nurse);
  // One line is a colleague's, so that it's seen who deals with what.
  const administrator = await loggedIn("kenji@mihon.example");
  await administrator.goto(`${site}/today`);
  await administrator.locator("section.red .c-action form button").last().click();
  await nurse.goto(`${site}/today`);
  await nurse.locator("section.red .c-action form button").first().click();
  const person = await nurse.locator("main a[href*='/patients/']").first().getAttribute("href");
  await picture(nurse, `${site}/today`, "today", 960);
  await picture(nurse, `${site}/today`, "today-320", 760, 320);
  const page = origin + person.match(/\/console\/patients\/[0-9a-f-]+/)[0];
  await picture(nurse, page, "person", 900);
  await picture(nurse, page, "person-320", 760, 320);
  await picture(nurse, `${site}/rota`, "rota", 940);
  await picture(nurse, `${site}/calls`, "calls", 900);
  await picture(nurse, `${site}/patients`, "patients", 860);
  await nurse.goto(`${site}/patients/imports`);
  await nurse.setInputFiles("#file", { name: "見本.csv", mimeType: "text/csv", buffer: Buffer.from(LIST) });
  await nurse.click("form.upload-form button");
  await nurse.waitForURL("**/patients/imports/*");
  while (!(await nurse.locator(".upload-fates").count())) {
    await nurse.waitForTimeout(300);
    await nurse.reload();
  }
  await picture(nurse, nurse.url(), "import", 960);
  await nurse.goto(`${site}/round`);
  await nurse.click("form[action$='/round/next'] button");
  await picture(nurse, undefined, "round", 800);
  await picture(nurse, undefined, "round-320", 760, 320);
} finally {
  await browser.end();
}
for (const finding of browser.findings) console.log(`finding ${finding}`);
must(browser.findings.length === 0, "the pages work");

async function loggedIn(email) {
  const { page } = await browser.reader();
  await page.goto(site);
  await page.fill("#email", email);
  await page.fill("#password", PASSWORD);
  await page.click("main form button");
  await page.waitForURL(/today/);
  return page;
}

// Waits until Today has red alerts, and something else to do.
async function enoughOnToday(page) {
  for (;;) {
    await page.goto(`${site}/today`);
    const red = await page.locator("section.red tbody tr").count();
    if (red >= 3 && (await page.locator("section.group").count()) >= 3) return;
    await page.waitForTimeout(1_000);
  }
}

// The upper part of a page, or of the page as it stands.
async function picture(page, address, name, height, width = 1280) {
  await page.setViewportSize({ width, height });
  if (address) await page.goto(address);
  const path = `${folder}/${name}.png`;
  await page.screenshot({ path });
  const { size } = statSync(path);
  console.log(`${name}: ${Math.round(size / 1_000)} kB`);
  must(size <= LARGEST, `${name} has at most ${LARGEST} bytes`);
}
