/* The planner updates while one types: it fetches the page for the new figures and takes its answer. Without it the form works. */
"use strict";

for (const form of document.querySelectorAll("form[data-plan]")) {
  const shown = document.getElementById("plan-answer");
  const said = document.getElementById("plan-status");
  const PAUSE = 350; // milliseconds after the last key
  let timer = 0;
  let running = null;
  let asked = address();

  form.addEventListener("input", () => wait(PAUSE));
  form.addEventListener("change", () => wait(0));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    update(true);
  });

  function wait(pause) {
    clearTimeout(timer);
    timer = setTimeout(() => update(false), pause);
  }

  function address() {
    const given = [...new FormData(form)].filter(([, text]) => text.trim() !== "");
    return `${form.action}?${new URLSearchParams(given)}`;
  }

  async function update(again) {
    const wanted = address();
    if (wanted === asked && !again) return;
    asked = wanted;
    running?.abort();
    running = new AbortController();
    const own = running;
    shown.setAttribute("aria-busy", "true");
    said.textContent = form.dataset.working;
    try {
      const response = await fetch(wanted, { headers: { Accept: "text/html" }, signal: own.signal });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.getElementById("plan-answer");
      if (!fresh || own.signal.aborted) throw new Error("no answer");
      said.textContent = page.querySelector(response.ok ? "#plan-verdict p" : "#problems h2").textContent;
      mark(page);
      if (response.ok) take(fresh, wanted);
      settle(!response.ok);
    } catch (error) {
      if (own.signal.aborted) return;
      asked = "";
      said.textContent = form.dataset.failed;
      settle(true);
    }
  }

  /* No longer working; what is shown may answer older figures than those in the form. */
  function settle(stale) {
    shown.removeAttribute("aria-busy");
    shown.classList.toggle("stale", stale);
  }

  /* Show the fresh answer, keeping open what was open, and make the address one that can be kept. */
  function take(fresh, wanted) {
    const open = [...shown.querySelectorAll("details")].map((details) => details.open);
    shown.replaceChildren(...fresh.childNodes);
    [...shown.querySelectorAll("details")].forEach((details, index) => { details.open = open[index] ?? false; });
    history.replaceState(null, "", wanted);
  }

  /* Take each field's problem, or its absence, from the fetched page; what is typed stays. */
  function mark(page) {
    document.getElementById("problems")?.remove();
    for (const input of form.querySelectorAll("input, select")) {
      const twin = page.getElementById(input.id);
      const field = input.closest(".field");
      if (!twin || !field) continue;
      const problem = twin.closest(".field").querySelector(".problem");
      field.classList.toggle("wrong", problem !== null);
      field.querySelector(".problem")?.remove();
      if (problem) (field.querySelector(".box") ?? input).before(problem);
      for (const name of ["aria-describedby", "aria-invalid"]) {
        if (twin.hasAttribute(name)) input.setAttribute(name, twin.getAttribute(name));
        else input.removeAttribute(name);
      }
    }
  }
}
