// Follows the state file: what the server shows next takes the place of what is shown.
'use strict';
const link = document.getElementById('link');
let loading = false;
let again = false;

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

// Whoever reads the page keeps their place in it.
function keep(next) {
  const open = document.querySelector('details');
  if (open && open.open && next.querySelector('details')) {
    next.querySelector('details').open = true;
  }
  const picture = document.querySelector('.picture');
  if (picture) {
    const [left, top] = [picture.scrollLeft, picture.scrollTop];
    requestAnimationFrame(() => {
      const shown = document.querySelector('.picture');
      if (shown) shown.scrollTo(left, top);
    });
  }
}

// On a narrow screen the picture is wider than its box: the present phase comes to its middle.
const present = document.querySelector('.picture .present');
if (present) {
  const box = document.querySelector('.picture');
  const [inner, outer] = [present.getBoundingClientRect(), box.getBoundingClientRect()];
  box.scrollLeft = inner.left + inner.width / 2 - outer.left - outer.width / 2;
}

const changes = new EventSource('/events');
changes.onopen = show;
changes.onmessage = show;
changes.onerror = () => {
  link.textContent = 'The agent does not answer; this may be out of date.';
};
setInterval(show, 60000);
