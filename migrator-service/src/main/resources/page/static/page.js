// Keeps the regions of an open page up to date. Without it the page is complete, but stands still.
const address = document.body.dataset.changes;
const query = new URL(address, location).search;
const lost = document.getElementById('lost');
const SILENCE = 10_000; // the migrator says something every 3 s
const AGAIN = 2_000;

let source;
let heard = Date.now();

const saySo = (gone) => {
  if (lost.hidden === gone) lost.hidden = !gone;
};

// What has the focus, and what was opened, stays so.
function replace(region, html) {
  const focused = region.contains(document.activeElement) ? document.activeElement.id : '';
  const open = [...region.querySelectorAll('details[open]')].map((details) => details.id);
  region.innerHTML = html;
  for (const id of open) {
    const details = document.getElementById(id);
    if (details) details.open = true;
  }
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  const live = document.getElementById('live');
  if (live) document.title = `${live.textContent} – Migration Monkey`;
}

async function fetchRegion(region) {
  if (region.dataset.busy) return;
  region.dataset.busy = 'yes';
  try {
    const answer = await fetch(`/page/regions/${region.dataset.region}${query}`);
    if (answer.status === 401) return location.reload();
    if (answer.ok) {
      region.dataset.version = answer.headers.get('X-Version');
      replace(region, await answer.text());
    }
  } catch {
    // The stream says that the connection is lost.
  } finally {
    delete region.dataset.busy;
  }
}

function listen() {
  source?.close();
  source = new EventSource(address);
  const hear = () => {
    heard = Date.now();
    saySo(false);
  };
  source.addEventListener('beat', hear);
  source.addEventListener('regions', (event) => {
    hear();
    const versions = JSON.parse(event.data);
    for (const region of document.querySelectorAll('[data-region]')) {
      if (versions[region.dataset.region] !== region.dataset.version) fetchRegion(region);
    }
  });
  source.addEventListener('ended', () => location.reload());
  source.addEventListener('error', () => saySo(true));
}

// A refused stream closes for good, and a migrator that hangs says nothing: both are tried again.
setInterval(async () => {
  const silent = Date.now() - heard > SILENCE;
  if (silent) saySo(true);
  if (source.readyState !== EventSource.CLOSED && !silent) return;
  heard = Date.now() - SILENCE + 2 * AGAIN;
  const answer = await fetch('/page/regions/status', { signal: AbortSignal.timeout(AGAIN) }).catch(() => null);
  if (answer?.status === 401) location.reload();
  else if (answer) listen();
}, AGAIN);

listen();
