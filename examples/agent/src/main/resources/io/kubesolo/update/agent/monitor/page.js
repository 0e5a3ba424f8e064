// Follows the state file: what the server shows next takes the place of what is shown.
'use strict';
const link = document.getElementById('link');
let loading = false;
let again = false;
let shownAt = performance.now();

async function show() {
  if (loading) {
    again = true;
    return;
  }
  loading = true;
  try {
    const answer = await fetch('/', { cache: 'no-store' });
    const next = new DOMParser().parseFromString(await answer.text(), 'text/html');
    keep(next);
    document.getElementById('main').replaceWith(next.getElementById('main'));
    document.title = next.title;
    shownAt = performance.now();
    link.textContent = 'Live; shown as of ' + new Date().toLocaleTimeString() + '.';
  } catch (lost) {
    link.textContent = 'The agent does not answer; this may be out of date.';
  } finally {
    loading = false;
    if (again) {
      again = false;
      show();
    }
  }
}

// What the reader opened stays open, and what they scrolled to stays in view.
function keep(next) {
  for (const open of document.querySelectorAll('details[open]')) {
    next.getElementById(open.id)?.setAttribute('open', '');
  }
  if (document.getElementById('actions')?.checked) {
    next.getElementById('actions')?.setAttribute('checked', '');
  }
  const picture = document.querySelector('.picture');
  if (picture) {
    const [left, top] = [picture.scrollLeft, picture.scrollTop];
    requestAnimationFrame(() => document.querySelector('.picture')?.scrollTo(left, top));
  }
}

// The two largest units, as the server writes a duration.
function inWords(seconds) {
  const units = [['d', 86400], ['h', 3600], ['m', 60], ['s', 1]];
  const first = units.findIndex(([, size]) => seconds >= size);
  if (first < 0) return '0s';
  let rest = seconds;
  const words = [];
  for (const [unit, size] of units.slice(first, first + 2)) {
    if (rest >= size) words.push(Math.floor(rest / size) + unit);
    rest %= size;
  }
  return words.join(' ');
}

function tick() {
  const since = Math.floor((performance.now() - shownAt) / 1000);
  for (const age of document.querySelectorAll('[data-age]')) {
    const words = inWords(Number(age.dataset.age) + since);
    if (age.textContent !== words) age.textContent = words;
  }
}

// On a narrow screen the picture is wider than its box: the present phase comes to its middle.
const present = document.querySelector('.picture .present');
if (present) {
  const box = document.querySelector('.picture');
  const [inner, outer] = [present.getBoundingClientRect(), box.getBoundingClientRect()];
  box.scrollLeft = inner.left + inner.width / 2 - outer.left - outer.width / 2;
}

// Only the page of the state follows the file; an exploration stays as it is.
if (link) {
  const changes = new EventSource('/events');
  changes.onopen = show;
  changes.onmessage = show;
  changes.onerror = () => {
    link.textContent = 'The agent does not answer; this may be out of date.';
  };
  setInterval(show, 60000);
  setInterval(tick, 1000);
}
