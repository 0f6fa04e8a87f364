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

/* Shares and what they cost follow each other while one types, in whole minor units until it is written. */
for (const pair of document.querySelectorAll("[data-price-minor]")) {
  const [shares, amount] = pair.querySelectorAll("input");
  const price = BigInt(pair.dataset.priceMinor);
  const format = new Intl.NumberFormat("en", { style: "currency", currency: pair.dataset.currency });
  const digits = format.resolvedOptions().maximumFractionDigits;
  const written = (whole, rest) => document.documentElement.lang === "fr"
    ? whole.replace(/\B(?=(?:[0-9]{3})+$)/g, "\u202f") + (rest && `,${rest}`)
    : whole + (rest && `.${rest}`);
  shares?.addEventListener("input", () => {
    const typed = shares.value.replace(/[\s,.'’]/g, "");
    if (!/^[0-9]{1,12}$/.test(typed)) return;
    const minor = (BigInt(typed) * price).toString().padStart(digits + 1, "0");
    const cut = minor.length - digits;
    amount.value = written(minor.slice(0, cut), digits ? minor.slice(cut) : "");
  });
  amount?.addEventListener("input", () => {
    const found = new RegExp(digits ? `^([0-9]{1,12})(?:[.,]([0-9]{1,${digits}}))?$` : "^([0-9]{1,12})$").exec(amount.value.replace(/[\s$€£]/g, ""));
    const minor = found && BigInt(found[1] + (found[2] || "").padEnd(digits, "0"));
    shares.value = minor !== null && minor % price === 0n ? (minor / price).toString() : "";
  });
}

const problems = document.getElementById("problems");
if (problems) problems.focus();
