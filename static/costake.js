/* Extras for pages that work without them: copying a reference, and forms that are sent only once. */
"use strict";

for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!navigator.clipboard) continue;
  const label = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = label; }, 2000);
  });
}

for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    for (const button of form.querySelectorAll("button[type=submit]")) button.setAttribute("aria-disabled", "true");
  });
}

/* A page taken from the browser's memory by the back button may be sent again. */
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("button[type=submit]")) button.removeAttribute("aria-disabled");
  }
});

/* What the shares that are typed come to, in whole minor units until it is written. */
for (const shown of document.querySelectorAll("[data-amount-of]")) {
  const typed = document.getElementById(shown.dataset.amountOf);
  const format = new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency: shown.dataset.currency });
  const digits = format.resolvedOptions().maximumFractionDigits;
  const show = () => {
    const shares = typed.value.replace(/[\s,.'’]/g, "");
    shown.hidden = !/^[0-9]{1,12}$/.test(shares);
    if (shown.hidden) return;
    const minor = (BigInt(shares) * BigInt(shown.dataset.priceMinor)).toString().padStart(digits + 1, "0");
    const cut = minor.length - digits;
    shown.textContent = "= " + format.format(digits ? `${minor.slice(0, cut)}.${minor.slice(cut)}` : minor);
  };
  typed?.addEventListener("input", show);
  if (typed) show();
}

const problems = document.getElementById("problems");
if (problems) problems.focus();
