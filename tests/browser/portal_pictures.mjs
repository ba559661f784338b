// Pictures of the portal's main pages on a phone, from the demonstration: node portal_pictures.mjs PORTAL SPOOL "ID BIRTH_DATE" FOLDER
import { readdirSync, readFileSync, statSync } from "node:fs";
import { Browser, must } from "./judge.mjs";

const [site, spool, person, folder] = process.argv.slice(2);
const [id, birthDate] = person.split(" ");
const ADDRESS = "hanako@mihon.example";
const LARGEST = 150_000;

const browser = await Browser.start();
try {
  const { page } = await browser.reader();
  await signUp(page);
  await picture(page, `${site}?language=ja`, "portal-home");
  await picture(page, `${site}/report?view=all`, "portal-report");
  await picture(page, `${site}/certificate`, "portal-certificate");
  await answerInRed(page);
  await picture(page, `${site}/report/urgent`, "portal-urgent");
} finally {
  await browser.end();
}
for (const finding of browser.findings) console.log(`finding ${finding}`);
must(browser.findings.length === 0, "the pages work");

async function signUp(page) {
  const press = () => page.locator("main form button:visible").first().click();
  await page.goto(`${site}/register`);
  await page.fill("#email", ADDRESS);
  await press();
  await page.waitForURL(`${site}/code`);
  await page.fill("#code", await code());
  await press();
  await page.waitForURL(/password/);
  await page.fill("#password", "mihon no pasuwado");
  await press();
  await page.waitForURL(`${site}/people/add`);
  const fields = { family_name: "見本", given_name: "花子", birth_date: birthDate, hersys_id: id };
  for (const [field, value] of Object.entries(fields)) await page.fill(`#${field}`, value);
  await press();
  await press();
  await page.waitForURL(`${site}?done=added`);
}

// The code that was sent, once the message is there.
async function code() {
  for (let tries = 0; tries < 300; tries += 1) {
    const names = readdirSync(spool).filter((name) => name.endsWith(".txt"));
    const text = names.map((name) => readFileSync(`${spool}/${name}`, "utf8")).find((text) => text.startsWith(`To: ${ADDRESS}\n`));
    if (text) return text.match(/[0-9]{6}/)[0];
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("nothing was sent");
}

// A bad colour of face or lips. A call may have asked before.
async function answerInRed(page) {
  await page.goto(`${site}/report?view=all`);
  if (page.url().includes("/done")) {
    await Promise.all([page.waitForNavigation(), page.locator('form[action$="/again"] button').click()]);
  }
  for (const [field, value] of [["#body_temperature", "37.4"], ["#spo2", "96"]]) {
    if (await page.locator(field).count()) await page.fill(field, value);
  }
  const no = page.locator("form.report input[type=radio][value=no]:not([name=breathlessness_severe])");
  for (const choice of await no.all()) await choice.check();
  const red = page.locator("form.report input[name=complexion][value=yes]");
  if (await red.count()) await red.check();
  await Promise.all([page.waitForNavigation(), page.locator("form.report button.solid").click()]);
}

// The upper part of a page, as a phone shows it.
async function picture(page, address, name) {
  await page.setViewportSize({ width: 360, height: 760 });
  await page.goto(address);
  const path = `${folder}/${name}.png`;
  await page.screenshot({ path });
  const { size } = statSync(path);
  console.log(`${name}: ${Math.round(size / 1_000)} kB`);
  must(size <= LARGEST, `${name} has at most ${LARGEST} bytes`);
}
