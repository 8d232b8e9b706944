// What the pages do beyond links and forms. Everything here is an extra: without it the pages work as they are.
(() => {
  "use strict";

  const live = () => document.getElementById("live");

  // Speak a sentence in the one live region that every page keeps.
  function announce(text) {
    const region = live();
    if (!region || !text || region.textContent === text) return;
    region.textContent = "";
    window.setTimeout(() => { region.textContent = text; }, 60);
  }

  // The error summary gets the focus; its links put the focus into the field, with its label in sight.
  function focusErrors(root) {
    const summary = root.querySelector("[data-error-summary]");
    if (summary) summary.focus();
    return Boolean(summary);
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-error-summary] a[href^='#']");
    if (!link) return;
    const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!target) return;
    event.preventDefault();
    const group = target.closest("fieldset") || target.parentElement;
    const label = document.querySelector(`label[for="${CSS.escape(target.id)}"]`);
    (label && label.closest("fieldset") ? group : label || group).scrollIntoView();
    target.focus({ preventScroll: true });
  });

  // Menus (details.menu) close when one looks elsewhere, and with Escape, which gives the focus back.
  function closeMenus(except) {
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (menu !== except) menu.open = false;
    });
  }
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
  document.addEventListener("focusin", (event) => closeMenus(event.target.closest("details.menu")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = event.target.closest && event.target.closest("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  // A form that is on its way is not sent twice.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method.toLowerCase() !== "post" || event.defaultPrevented || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    window.setTimeout(() => { delete form.dataset.sent; }, 4000);
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

  // <button data-fill="#id_login" data-value="…"> writes values into fields (the demo's sign-ins); so does a link that would
  // otherwise open the page anew with them (times that suit both), and what is typed elsewhere stays.
  // <button data-copy="#link"> copies what a field holds. <select data-submit> sends its form on change.
  document.addEventListener("click", (event) => {
    const filler = event.target.closest("[data-fill]");
    if (filler) {
      if (filler.href) event.preventDefault();
      filler.dataset.fill.split(" ").forEach((selector, index) => {
        const field = document.querySelector(selector);
        if (field) field.value = filler.dataset.value.split(" ")[index] || "";
      });
      const first = document.querySelector(filler.dataset.fill.split(" ")[0]);
      if (first) first.focus();
    }
    const copier = event.target.closest("[data-copy]");
    if (copier && navigator.clipboard) {
      const source = document.querySelector(copier.dataset.copy);
      navigator.clipboard.writeText(source.value || source.textContent.trim()).then(() => announce(copier.dataset.copied || ""));
    }
    const printer = event.target.closest("[data-print]");
    if (printer) window.print();
  });

  // <input type="checkbox" data-check-all="people"> ticks every checkbox of that name in its form.
  document.addEventListener("change", (event) => {
    const all = event.target.closest("[data-check-all]");
    if (all) {
      const scope = all.closest("form") || document;
      scope.querySelectorAll(`input[type="checkbox"][name="${CSS.escape(all.dataset.checkAll)}"]`).forEach((box) => { box.checked = all.checked; });
    }
  });

  // A choice inside [data-unfolds] unfolds the <details> beside it: another type of question has other details.
  document.addEventListener("change", (event) => {
    const chooser = event.target.closest("[data-unfolds]");
    const details = chooser && chooser.parentElement.querySelector("details");
    if (details) details.open = true;
  });

  // <input type="range" data-output="id"> shows its number in <output id>.
  document.addEventListener("input", (event) => {
    const range = event.target.closest("[data-output]");
    if (range) {
      const output = document.getElementById(range.dataset.output);
      if (output) output.value = range.value;
    }
  });

  // <form data-shares="%v = %s % of the score">: how much each slider counts beside the others, in its <output>.
  function shares(form) {
    const ranges = Array.from(form.querySelectorAll('input[type="range"]'));
    const all = ranges.reduce((sum, range) => sum + Number(range.value), 0);
    ranges.forEach((range) => {
      const share = all ? Math.round((100 * Number(range.value)) / all) : 0;
      const words = form.dataset.shares.replace("%v", range.value).replace("%s", share);
      const output = document.getElementById(`${range.id}_share`);
      if (output) output.value = words;
      range.setAttribute("aria-valuetext", words);
    });
  }
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-shares]");
    if (form) shares(form);
  });

  // What htmx brings: errors get the focus, a heading marked data-focus too, and data-announce is spoken.
  function arrived(root) {
    if (!root || !root.querySelector) return;
    if (focusErrors(root)) return;
    const heading = root.matches && root.matches("[data-focus]") ? root : root.querySelector("[data-focus]");
    if (heading) {
      if (!heading.hasAttribute("tabindex")) heading.tabIndex = -1;
      heading.focus();
    }
    const said = root.matches && root.matches("[data-announce]") ? root : root.querySelector("[data-announce]");
    const count = root.querySelector("[data-count], .empty-place-title");
    if (said) announce(said.dataset.announce);
    else if (count) announce(count.textContent.trim());
  }
  // A table that is wider than the screen can be reached and scrolled by keyboard, and says what it is.
  function scrollers() {
    document.querySelectorAll(".table-responsive").forEach((box) => {
      const wide = box.scrollWidth > box.clientWidth + 1;
      ["tabindex", "role", "aria-label", "aria-labelledby"].forEach((name) => box.removeAttribute(name));
      if (!wide) return;
      const section = box.closest("section");
      const heading = box.querySelector("caption") || (section && section.querySelector("h2, h3")) || document.querySelector("h1");
      box.tabIndex = 0;
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", heading ? heading.textContent.trim() : document.title);
    });
  }
  let resized = 0;
  window.addEventListener("resize", () => { window.clearTimeout(resized); resized = window.setTimeout(scrollers, 150); });

  document.addEventListener("htmx:load", (event) => {
    scrollers();
    if (event.target !== document.body) arrived(event.target);
  });
  // On a phone a row of tabs is longer than the screen: the open one is brought into sight.
  function showTab() {
    document.querySelectorAll(".tabs [aria-current], .place-parts [aria-current]").forEach((tab) => {
      const row = tab.closest("ul, nav");
      row.scrollLeft = tab.getBoundingClientRect().left - row.getBoundingClientRect().left - 40;
    });
  }

  // <form data-browser-zone>: the first set-up proposes the time zone of the browser.
  function proposeZone(form) {
    const select = form.querySelector("select[name=time_zone]");
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (select && select.value === "UTC" && [...select.options].some((option) => option.value === zone)) select.value = zone;
  }

  document.addEventListener("DOMContentLoaded", () => {
    scrollers();
    document.querySelectorAll("form[data-browser-zone]").forEach(proposeZone);
    showTab();
    focusErrors(document);
    document.querySelectorAll("form[data-shares]").forEach(shares);
    const said = document.querySelector("#messages [data-announce]");
    if (said) announce(said.dataset.announce);
  });

  // <span data-poll hx-get="…" hx-trigger="poll"> is asked for anew every minute, as long as somebody looks at the page.
  const POLL_EVERY = 60000;
  let polled = Date.now();
  function poll() {
    if (document.hidden || !window.htmx || Date.now() - polled < POLL_EVERY) return;
    polled = Date.now();
    document.querySelectorAll("[data-poll]").forEach((part) => window.htmx.trigger(part, "poll"));
  }
  window.setInterval(poll, 5000);
  document.addEventListener("visibilitychange", poll);

  // <ol data-agenda="server's clock in ms"> with <li data-from data-until>: while a session runs, the part that is on is marked,
  // and the line above says how much of it is left. That line always has its place, so nothing moves; it is not spoken.
  function runAgenda() {
    const list = document.querySelector("[data-agenda]");
    const line = document.querySelector("[data-agenda-now]");
    if (!list || !line) return;
    const parts = Array.from(list.querySelectorAll("li[data-from]"));
    const ahead = Number(list.dataset.agenda) - Date.now();
    const before = line.textContent;
    function mark() {
      const now = Date.now() + ahead;
      const on = parts.find((part) => Number(part.dataset.from) <= now && now < Number(part.dataset.until));
      parts.forEach((part) => { if (part === on) part.setAttribute("aria-current", "step"); else part.removeAttribute("aria-current"); });
      let words = now < Number(parts[0].dataset.from) ? before : line.dataset.over;
      if (on) {
        const left = Math.ceil((Number(on.dataset.until) - now) / 60000);
        words = left === 1 ? line.dataset.leftOne : line.dataset.leftMany.replace("#", left);
      }
      if (line.textContent !== words) line.textContent = words;
    }
    mark();
    window.setInterval(mark, 15000);
    document.addEventListener("visibilitychange", mark);
  }
  document.addEventListener("DOMContentLoaded", runAgenda);

  // After a new sign-in in another tab the token of an open page is old; its cookie has the new one. For whom the page was made
  // says a field of its own (accounts/typed.py), so nobody sends what somebody else typed.
  const present = () => (document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]+)/) || [])[1];
  document.addEventListener("submit", (event) => {
    const field = event.target.querySelector('input[name="csrfmiddlewaretoken"]');
    if (field && present()) field.value = present();
  }, true);
  document.addEventListener("htmx:configRequest", (event) => {
    const { headers, formData } = event.detail;
    if (!present() || event.detail.verb === "get") return;
    headers["X-CSRFToken"] = present();
    if (formData.has("csrfmiddlewaretoken")) formData.set("csrfmiddlewaretoken", present());
  });

  // Something failed on the way: say so, and leave what was typed where it is. Where the sign-in has ended (401), the answer is
  // the sentence that says so, with a link to sign in beside this page.
  function trouble(event) {
    const signedOut = event.detail.xhr && event.detail.xhr.status === 401;
    const polled = event.target.closest && event.target.closest("[data-poll]");
    if (polled && !signedOut) return; // nobody has asked for anything
    const region = document.getElementById("trouble") || document.createElement("div");
    region.id = "trouble";
    region.className = "notice notice-error";
    region.setAttribute("role", "alert");
    const sentence = signedOut ? event.detail.xhr.responseText : "";
    if (sentence && region.dataset.sentence === sentence) return; // a poll: it is said already
    region.dataset.sentence = sentence;
    if (sentence) region.innerHTML = sentence;
    else region.textContent = document.body.dataset.trouble || "";
    const main = document.getElementById("main");
    if (main && !region.isConnected) main.prepend(region);
  }
  document.addEventListener("htmx:responseError", trouble);
  document.addEventListener("htmx:sendError", trouble);
  document.addEventListener("htmx:afterRequest", (event) => {
    const region = document.getElementById("trouble");
    if (!region || !event.detail.successful) return;
    // a poll tells that somebody is signed in again, not that what was typed has arrived
    if (region.dataset.sentence || event.detail.requestConfig.verb !== "get") region.remove();
  });
})();
