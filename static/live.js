/* Keeps a campaign's total up to date while it is looked at; without it the page shows the total of its loading. */
"use strict";

const SECONDS = 5;
const SECONDS_MAX = 300;

for (const place of document.querySelectorAll("[data-refresh]")) {
  let wait = SECONDS;
  let timer = 0;

  const later = () => {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(refresh, wait * 1000 * (0.9 + Math.random() * 0.2));
  };

  const refresh = async () => {
    try {
      const answer = await fetch(place.dataset.refresh, { credentials: "same-origin", signal: AbortSignal.timeout(10000) });
      if (!answer.ok) throw new Error(String(answer.status));
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-live]");
      const shown = place.querySelector("[data-live]");
      if (fresh && shown && fresh.textContent !== shown.textContent) shown.replaceWith(fresh);
      wait = SECONDS;
    } catch {
      wait = Math.min(wait * 2, SECONDS_MAX);
    }
    later();
  };

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) clearTimeout(timer);
    else refresh();
  });
  later();
}
