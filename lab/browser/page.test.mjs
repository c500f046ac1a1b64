// They run in this order, on one stack: each leaves it as the next needs it.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { PHONE, WIDE, forDocs, launch, login, look, open } from './browser.mjs';
import { active, docker, openRequests, other, readers, rest, shell, until } from './stack.mjs';

const BALLAST = '/var/lib/guestbook/ballast';

describe('the page', { concurrency: false }, () => {
  let browser;
  let page;
  let from;
  let stopReading;

  const text = (selector) => page.textContent(selector);
  const focused = () => page.evaluate(() => document.activeElement?.id ?? '');

  async function order(button, reason) {
    await page.click(`#${button}`);
    await page.waitForSelector('#confirm');
    if (reason) await page.fill('#reason', reason);
    await page.click('#confirm');
    await page.waitForLoadState();
  }

  async function tabTo(id) {
    for (let i = 0; i < 80; i++) {
      await page.keyboard.press('Tab');
      if ((await focused()) === id) return;
    }
    assert.fail(`the Tab key never comes to #${id}`);
  }

  before(async () => {
    browser = await launch();
    page = await open(browser);
    from = await active();
    // Enough to copy that one can watch it.
    await shell(from, `head -c 300M /dev/urandom > ${BALLAST}`);
  });

  after(async () => {
    await stopReading?.();
    for (const server of ['production', 'backup']) await shell(server, `rm -f ${BALLAST}`).catch(() => {});
    await browser?.close();
  });

  it('does not let a wrong token in, and says so', { timeout: 20_000 }, async () => {
    await page.goto('/');
    await page.waitForSelector('#token');
    await look(page, 'login');
    await page.fill('#token', 'not-a-token-of-this-installation-000');
    await page.click('form button');
    assert.match(await text('#problem'), /not known here/);
    await look(page, 'login-wrong');
  });

  it('shows after the login which server is live', { timeout: 30_000 }, async () => {
    await login(page);
    assert.equal(await text('#live'), `${from} is live`);
    assert.match(await page.title(), new RegExp(`${from} is live`));
    await page.waitForFunction(() => document.getElementById('servers').textContent.includes('available'));
    assert.match(await text('#traffic'), new RegExp(`sends all requests to ${from}`));
    await look(page, 'overview');
  });

  it('is small, and painted at once', { timeout: 20_000 }, async () => {
    const fresh = await open(browser);
    await login(fresh);
    await fresh.reload();
    const seen = await fresh.evaluate(async () => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      const bytes = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
        .reduce((sum, entry) => sum + Math.max(entry.transferSize, entry.encodedBodySize), 0);
      return { bytes, paint: performance.getEntriesByName('first-contentful-paint')[0].startTime };
    });
    console.log(`overview: ${seen.bytes} bytes, first contentful paint after ${Math.round(seen.paint)} ms`);
    assert.ok(seen.bytes > 10_000 && seen.bytes < 150_000, `${seen.bytes} bytes`);
    assert.ok(seen.paint < 1000, `first paint after ${seen.paint} ms`);
    await fresh.context().close();
  });

  it('fits a phone', { timeout: 30_000 }, async () => {
    await page.setViewportSize(PHONE);
    const width = () => page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok((await width()) <= PHONE.width, `the overview is ${await width()} wide`);
    await look(page, 'phone');
    await page.click('#migrate');
    await page.waitForSelector('#confirm');
    assert.ok((await width()) <= PHONE.width, `the question is ${await width()} wide`);
    await look(page, 'phone-confirm');
    await page.click('#cancel');
    await page.setViewportSize(WIDE);
  });

  it('can be read, and asks before it acts, without JavaScript', { timeout: 30_000 }, async () => {
    const plain = await open(browser, { javaScriptEnabled: false });
    await login(plain);
    assert.equal(await plain.textContent('#live'), `${from} is live`);
    await plain.click('#pause');
    assert.match(await plain.textContent('main'), /nothing moves by itself/);
    await plain.click('#cancel');
    assert.equal(await plain.textContent('#live'), `${from} is live`);
    await plain.context().close();
  });

  it('pauses and resumes, with the reason kept', { timeout: 40_000 }, async () => {
    await page.click('#pause');
    await page.waitForSelector('#confirm');
    await look(page, 'confirm-pause');
    await page.fill('#reason', 'maintenance of the network');
    await page.click('#confirm');
    await page.waitForSelector('#resume');
    assert.match(await text('#now'), /Paused by operating.*maintenance of the network/);
    await look(page, 'paused');
    await order('resume');
    await page.waitForSelector('#pause');
    assert.equal((await rest('/api/pause')).paused, false);
  });

  it('shows what a dry run found', { timeout: 60_000 }, async () => {
    await order('dry-run', 'what would a kernel update do');
    await page.waitForFunction(() => document.getElementById('state')?.textContent === 'dry run done', null, { timeout: 50_000 });
    assert.match(await text('main'), /Dry run .* → /);
    await look(page, 'dry-run');
    await page.click('header a');
    await page.waitForSelector('#live');
    assert.equal(await active(), from);
  });

  it('takes an order by keyboard alone, and shows the move live until its receipt', { timeout: 150_000 }, async () => {
    const to = other(from);
    const reason = `kernel update, in the window of ${new Date().toISOString().slice(11, 16)}`;
    stopReading = readers();
    await tabTo('migrate');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#confirm');
    await look(page, 'confirm-migrate');
    await tabTo('reason');
    await page.keyboard.type(reason);
    await tabTo('confirm');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.steps');
    const receipt = page.url();
    // The overview, as somebody sees it who comes meanwhile; from here on nothing reloads it.
    await page.goto('/');
    await page.evaluate(() => { globalThis.notReloaded = true; });
    assert.match(await text('#now'), new RegExp(`moves from ${from} to ${to}`));
    const step = (name) =>
      page.waitForFunction((wanted) => document.querySelector('.steps .current')?.textContent.includes(wanted), name, { timeout: 60_000, polling: 100 });
    await step('Copy data');
    await page.waitForSelector('.steps .current progress');
    await forDocs(page, 'migration');
    await look(page, 'migration');
    await page.waitForFunction((server) => document.getElementById('live').textContent === `${server} is live`, to, { timeout: 90_000 });
    await page.waitForFunction((server) => document.getElementById('traffic').textContent.includes(`sends all requests to ${server}`), to);
    await look(page, 'migration-switched');
    await page.waitForFunction(() => document.querySelector('#migration #state')?.textContent === 'succeeded', null, { timeout: 90_000 });
    await page.waitForFunction((why) => document.getElementById('last').textContent.includes(why), reason);
    assert.match(await text('#last'), new RegExp(`^Moved from ${from} to ${to} at .* UTC, in .*${reason}.*\\(operating\\)`));
    const read = await stopReading();
    assert.deepEqual(read.failed, [], `of ${read.answered} requests`);
    assert.match(await text('#last'), /had to wait, the longest/);
    assert.equal(await page.evaluate(() => globalThis.notReloaded), true);
    await page.waitForFunction((server) => [...document.querySelectorAll('.card')].find((card) => card.textContent.includes(server))?.textContent.includes('healthy'), to, { timeout: 15_000 });
    await forDocs(page, 'page');
    await look(page, 'overview-after');
    await page.goto(receipt);
    assert.match(await text('#receipt'), /In all/);
    assert.equal(await page.locator('.steps > li').count(), 12);
    await look(page, 'receipt');
    from = to;
  });

  it('aborts a move while the traffic is held, and all goes on as before', { timeout: 90_000 }, async () => {
    await until('both servers to be ready for another move', 40, async () =>
      (await rest('/api/servers')).every((server) => server.reachable && server.memory));
    const requests = openRequests(5);
    try {
      // One that never ends is still in flight when the hold begins, so the hold waits for it.
      requests.endless();
      await page.goto('/');
      await order('migrate', 'a wrong night');
      await page.goto('/');
      await page.waitForFunction(() => document.querySelector('.steps .current')?.textContent.includes('Hold the traffic'), null, { timeout: 40_000, polling: 100 });
      requests.waiting();
      await page.waitForSelector('#traffic .gate', { state: 'attached' });
      await page.waitForFunction(() => /[1-9]\d* wait/.test(document.getElementById('traffic').textContent));
      await look(page, 'held');
      await order('abort', 'not this night');
      await page.waitForFunction(() => document.getElementById('state')?.textContent === 'aborted', null, { timeout: 40_000 });
    } finally {
      requests.close();
    }
    assert.match(await text('main'), /not this night/);
    await look(page, 'aborted');
    assert.equal(await active(), from);
    await page.goto('/');
    assert.equal(await text('#live'), `${from} is live`);
  });

  it('says in words what is refused', { timeout: 40_000 }, async () => {
    const id = (await rest('/api/migrations?limit=1'))[0].id;
    await page.goto(`/page/migrations/${id}/abort`);
    await page.fill('#reason', 'once more');
    await page.click('#confirm');
    assert.match(await text('#refusal'), /has ended already/);
    assert.equal(await page.inputValue('#reason'), 'once more');
    await look(page, 'refused');
  });

  it('says when the connection is lost, and comes back by itself', { timeout: 60_000 }, async () => {
    await page.goto('/');
    await page.evaluate(() => { globalThis.notReloaded = true; });
    await docker('pause', 'migrator');
    try {
      await page.waitForSelector('#lost', { state: 'visible', timeout: 25_000 });
      await look(page, 'connection-lost');
    } finally {
      await docker('unpause', 'migrator');
    }
    await page.waitForSelector('#lost', { state: 'hidden', timeout: 25_000 });
    assert.equal(await page.evaluate(() => globalThis.notReloaded), true);
  });

  it('lets go whoever logs out', { timeout: 20_000 }, async () => {
    const second = await page.context().newPage();
    await second.goto('/');
    await page.click('#logout');
    await page.waitForSelector('#token');
    await second.waitForSelector('#token', { timeout: 10_000 });
    await page.goto('/');
    await page.waitForSelector('#token');
    await second.close();
  });

  it('asks for the token again after the migrator was started anew', { timeout: 60_000 }, async () => {
    await login(page);
    await docker('restart', 'migrator');
    await page.waitForSelector('#token', { timeout: 50_000 });
    await until('the migrator to be healthy', 30, async () => (await rest('/api/servers')).length === 2);
  });
});
