// Opens a report in Chromium and checks what a reader needs of it, on a desktop
// and on a phone: no message on the console, no request, every figure visible,
// no page wider than the screen, tables that sort, and nothing that axe-core
// finds. Prints a JSON list of what is wrong, one sentence each.
//
//   node check.mjs CHROMIUM REPORT [FOLDER FOR SCREENSHOTS AND PDF]
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { readFileSync } from "node:fs";
import puppeteer from "puppeteer-core";

const [chromium, file, pictures] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const address = pathToFileURL(file).href;
const wrong = [];

// The report forbids scripts that are not its own, so that axe is run past its
// policy, on a page of its own.
async function open(browser, width, bypass) {
  const page = await browser.newPage();
  await page.setBypassCSP(bypass);
  await page.setViewport({ width, height: 900, isMobile: width < 600, hasTouch: width < 600 });
  page.on("console", (m) => wrong.push(`${width} px: console: ${m.text()}`));
  page.on("pageerror", (e) => wrong.push(`${width} px: error: ${e.message}`));
  page.on("request", (r) => {
    if (r.url() !== address && !r.url().startsWith("data:")) wrong.push(`${width} px: request of ${r.url()}`);
  });
  await page.goto(address, { waitUntil: "load" });
  return page;
}

async function look(browser, width) {
  const page = await open(browser, width, false);
  if (pictures) {
    await page.screenshot({ path: join(pictures, `first-${width}.png`) });
    await page.screenshot({ path: join(pictures, `page-${width}.png`), clip: { x: 0, y: 0, width, height: 9000 }, captureBeyondViewport: true });
  }
  const found = await page.evaluate(() => {
    const found = [];
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth) found.push(`the page is ${root.scrollWidth} px wide`);
    const figures = [...document.querySelectorAll("figure")];
    if (figures.length === 0) found.push("no figure");
    for (const f of figures) {
      const svg = f.querySelector("svg");
      const box = svg?.getBoundingClientRect();
      if (!svg || box.width < 100 || box.height < 50 || !svg.checkVisibility()) found.push(`${f.id} is not visible`);
      if (!svg?.querySelector("text")) found.push(`${f.id} has no text`);
      if (!f.querySelector("a[download][href^='data:']")) found.push(`${f.id} has no values to download`);
    }
    const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
    for (const id of ids.filter((id, i) => ids.indexOf(id) !== i)) found.push(`the id ${id} occurs twice`);
    for (const a of document.querySelectorAll("a[href^='#']")) {
      if (!document.getElementById(a.getAttribute("href").slice(1))) found.push(`${a.getAttribute("href")} leads nowhere`);
    }
    return found;
  });
  found.push(...await sorts(page));
  wrong.push(...found.map((f) => `${width} px: ${f}`));
  await page.close();

  const tested = await open(browser, width, true);
  await tested.evaluate(axe);
  const { violations } = await tested.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  for (const v of violations) wrong.push(`${width} px: axe: ${v.id}: ${v.help}, such as ${v.nodes[0].html.slice(0, 200)} (${v.nodes.length})`);
  await tested.close();
}

// Every head of every table to sort is a button that sorts it up and down, by
// keyboard.
async function sorts(page) {
  const found = [];
  for (const button of await page.$$("table.sortable thead th button")) {
    await button.focus();
    for (const want of ["ascending", "descending"]) {
      await page.keyboard.press("Enter");
      const result = await button.evaluate((b) => {
        const head = b.closest("th"), table = b.closest("table");
        const texts = [...table.tBodies[0].rows].map((r) => r.cells[head.cellIndex].textContent.trim());
        return { state: head.getAttribute("aria-sort"), name: `${table.id}, ${b.textContent}`, texts, last: texts.lastIndexOf("") === texts.length - 1 || !texts.includes("") };
      });
      const numbers = result.texts.filter((t) => t !== "").map((t) => Number(t.replaceAll(",", "")));
      const sign = want === "ascending" ? 1 : -1;
      if (result.state !== want) found.push(`${result.name}: aria-sort is ${result.state}, not ${want}`);
      if (!result.last) found.push(`${result.name}: an empty cell is not last`);
      if (numbers.every((n) => !Number.isNaN(n)) && numbers.some((n, i) => i > 0 && sign * (n - numbers[i - 1]) < 0)) found.push(`${result.name}: not sorted ${want}`);
    }
  }
  return found;
}

const browser = await puppeteer.launch({ executablePath: chromium, args: ["--no-sandbox", "--disable-gpu"] });
try {
  for (const width of [1280, 390]) await look(browser, width);
  if (pictures) {
    const page = await open(browser, 1280, false);
    await page.pdf({ path: join(pictures, "report.pdf"), preferCSSPageSize: true, printBackground: true });
  }
} finally {
  await browser.close();
}
console.log(JSON.stringify(wrong, null, 1));
