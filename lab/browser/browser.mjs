// Debian's Chromium, and what is asked of every state of the page: pictures of it, and axe-core's opinion.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { migrator, token } from './stack.mjs';

const axe = createRequire(import.meta.url)('axe-core').source;
const screenshots = process.env.SCREENSHOTS ?? 'target/screenshots';

export const launch = () =>
  chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync',
    ],
  });

export const WIDE = { width: 1200, height: 900 };
export const PHONE = { width: 360, height: 740 };

/** A page whose every complaint of its own policy or script fails the test at the end. */
export async function open(browser, options = {}) {
  const context = await browser.newContext({ baseURL: migrator, viewport: WIDE, ...options });
  const page = await context.newPage();
  page.complaints = [];
  page.on('pageerror', (error) => page.complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content Security Policy|Refused to/.test(message.text())) {
      page.complaints.push(message.text());
    }
  });
  return page;
}

export async function login(page) {
  await page.goto('/page/login');
  await page.fill('#token', token);
  await page.click('form[action="/page/login"] button');
  await page.waitForSelector('#live');
}

/** Keeps the state as a picture, light and dark, and lets axe-core look at both. */
export async function look(page, name) {
  for (const scheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.screenshot({ path: path.join(screenshots, `${name}-${scheme}.png`), fullPage: true });
    await page.evaluate(axe);
    const violations = await page.evaluate(async () => {
      const found = await globalThis.axe.run(document, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      });
      return found.violations.map((rule) => `${rule.id}: ${rule.help}: ${rule.nodes.map((n) => n.html + ' ' + (n.any[0]?.message ?? '')).slice(0, 3).join(' | ')}`);
    });
    assert.deepEqual(violations, [], `${name}, ${scheme}`);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  assert.deepEqual(page.complaints, [], name);
}

/** The upper part of the page, as a picture for docs/. */
export async function forDocs(page, name) {
  await page.setViewportSize({ width: WIDE.width, height: 1120 });
  await page.screenshot({ path: path.join(screenshots, `for-docs-${name}.png`) });
  await page.setViewportSize(WIDE);
}
