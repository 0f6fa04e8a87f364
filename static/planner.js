/* The planner updates while one types: it fetches the page for the new figures and takes its answer. Without it the form works. */
"use strict";

const form = document.querySelector("form[data-plan]");
const shown = document.getElementById("plan-answer");
const status = document.getElementById("plan-status");
const PAUSE = 350;

if (form && shown && status) {
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
    status.textContent = form.dataset.working;
    try {
      const response = await fetch(wanted, { headers: { Accept: "text/html" }, signal: own.signal });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.getElementById("plan-answer");
      if (!fresh || own.signal.aborted) throw new Error("no answer");
      mark(page);
      if (response.ok) take(fresh, wanted);
      status.textContent = page.querySelector(response.ok ? "#plan-verdict p" : "#problems h2").textContent;
      shown.removeAttribute("aria-busy");
    } catch (error) {
      if (own.signal.aborted) return;
      asked = "";
      status.textContent = form.dataset.failed;
    }
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
    form.querySelector("#problems")?.remove();
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
