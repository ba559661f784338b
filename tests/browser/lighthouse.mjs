// Lighthouse on the console's main pages, as a nurse, for a desktop and a phone: node lighthouse.mjs CONSOLE
// It also says how many bytes a page and a first visit take.
import { bytes, measure, withBrowser } from "./lighthouse_judge.mjs";

const [site] = process.argv.slice(2);

await withBrowser(async (browser) => {
  const page = await browser.newPage();
  await bytes(page, "first visit, with styles and script", `${site}/log-in`);
  await page.fill("#email", "naoko@mihon.example");
  await page.fill("#password", "mihon-kenko-call");
  await page.click("main form button");
  await page.waitForURL(/today/);
  while (!(await page.locator("section.red tbody tr").count())) {
    await page.waitForTimeout(1_000);
    await page.goto(`${site}/today`);
  }
  const person = await page.locator("section.red tbody a[href*='/patients/']").first().getAttribute("href");
  const pages = [
    ["today", `${site}/today`],
    ["patients", `${site}/patients`],
    ["person", new URL(person, site).href],
  ];
  for (const [name, address] of pages) await bytes(page, name, address);
  await page.close();
  for (const [name, address] of pages) {
    for (const form of ["desktop", "phone"]) await measure(name, address, form);
  }
});
