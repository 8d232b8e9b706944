// Answering a survey: one form with all questions becomes one step at a time. Each step has its own #address, so the browser's
// Back and Forward work. Without this file the form is one page.
(() => {
  const form = document.querySelector("form[data-survey]");
  if (!form) return;
  const steps = [...form.querySelectorAll("[data-step]")];
  const questions = steps.filter((step) => step.matches(".survey-question"));
  const summary = document.querySelector("[data-error-summary]");
  const title = document.title;
  let present = null;
  let checked = false; // the answers have been looked through: Next leads back there

  const step = (id) => steps.find((one) => one.id === id);
  const fields = (question) => [...question.querySelectorAll("input, textarea")];
  const go = (id) => { window.location.hash = id; };

  function answerOf(question) {
    const texts = fields(question).map((field) => {
      if (field.matches("textarea")) return field.value.trim();
      return field.checked ? field.closest("label").textContent.trim().replace(/\s+/g, " ") : "";
    });
    return texts.filter(Boolean).join(", ");
  }

  function fillCheck() {
    questions.forEach((question) => {
      const place = form.querySelector(`[data-answer-of="${question.id}"]`);
      const answer = answerOf(question);
      place.textContent = answer || form.dataset.notAnswered;
      place.classList.toggle("text-secondary", !answer);
    });
  }

  function isAnswered(question) {
    return !question.hasAttribute("data-required") || answerOf(question) !== "";
  }

  // Says beside the question that an answer is missing, and puts the focus there.
  function tellMissing(question) {
    const problem = question.querySelector("[data-problem-text]");
    problem.textContent = form.dataset.missing;
    problem.hidden = false;
    document.title = `${form.dataset.error} ${titleOf(question)}`;
    fields(question)[0].setAttribute("aria-invalid", "true");
    fields(question)[0].focus();
  }

  function forget(question) {
    question.querySelector("[data-problem-text]").hidden = true;
    fields(question).forEach((field) => { field.removeAttribute("aria-invalid"); field.classList.remove("is-invalid"); });
  }

  const titleOf = (one) => (one.dataset.title ? `${one.dataset.title} · ${title}` : title);

  function show(one, { focus = true } = {}) {
    present = one;
    steps.forEach((other) => { other.hidden = other !== one; });
    document.querySelectorAll("[data-survey-start]").forEach((part) => { part.hidden = one !== steps[0]; });
    if (one.id === "check") { checked = true; fillCheck(); }
    document.title = titleOf(one);
    if (!focus) return;
    if (summary) summary.hidden = true;
    const heading = one.querySelector("[data-focus-step]") || document.getElementById("main");
    heading.focus();
    heading.scrollIntoView({ block: "nearest" });
    window.scrollTo(0, 0);
  }

  function next(question) {
    if (!isAnswered(question)) { tellMissing(question); return; }
    forget(question);
    const after = steps[steps.indexOf(question) + 1];
    go(checked ? "check" : after.id);
  }

  // The first question, or the one after the last that has been answered before.
  function start() {
    const last = questions.findLastIndex((question) => answerOf(question) !== "");
    go(steps[last + 2].id);
  }

  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[type=button]");
    if (!button) return;
    if (button.matches("[data-start]")) start();
    if (button.matches("[data-next]")) next(present);
    if (button.matches("[data-back]")) go(steps[steps.indexOf(present) - 1].id);
  });

  // Nothing is kept before it is sent: whoever leaves the page with answers is asked first.
  let changed = false;
  let onItsWay = false;
  form.addEventListener("input", () => { changed = true; });
  window.addEventListener("beforeunload", (event) => { if (changed && !onItsWay) event.preventDefault(); });

  // Enter in a field is Next; only the last step sends, and only when nothing is missing.
  form.addEventListener("submit", (event) => {
    if (event.submitter && event.submitter.value === "save") return;
    if (present.id !== "check") {
      event.preventDefault();
      if (present === steps[0]) start(); else next(present);
      return;
    }
    const missing = questions.find((question) => !isAnswered(question));
    if (!missing) return;
    event.preventDefault();
    window.addEventListener("hashchange", () => tellMissing(missing), { once: true });
    go(missing.id);
  });

  form.addEventListener("submit", (event) => { onItsWay = !event.defaultPrevented; });

  // “None of them” goes with no other answer.
  form.addEventListener("change", (event) => {
    const box = event.target;
    if (!box.matches("[type=checkbox]") || !box.checked) return;
    fields(box.closest("[data-step]")).forEach((other) => {
      if (other !== box && (box.matches("[data-none]") || other.matches("[data-none]"))) other.checked = false;
    });
  });

  if (summary) {
    summary.addEventListener("click", (event) => {
      const link = event.target.closest("a");
      if (!link) return;
      event.preventDefault();
      event.stopPropagation();
      if (window.location.hash === link.hash) show(step(link.hash.slice(1))); else go(link.hash.slice(1));
    });
  }

  // The page opens at the first problem, or at its beginning: its own address stands for that.
  const first = questions.find((question) => question.hasAttribute("data-problem")) || steps[0];
  window.addEventListener("hashchange", () => show(step(window.location.hash.slice(1)) || first));

  form.querySelectorAll("[data-with-script], [data-start]").forEach((part) => { part.hidden = false; });
  const address = window.location.pathname + window.location.search;
  form.setAttribute("action", address); // without the step, which the next page would look for
  window.history.replaceState(null, "", address);
  show(first, { focus: false });
})();
