/* Asks the device for a passkey and sends it with the form around the button.

   <form data-passkey="create"> makes a new one, <form data-passkey="get"> uses one. What the
   browser needs is in the page as #passkey-data, or is asked for at the form's address. */
(function () {
  "use strict";

  async function options(form) {
    const here = document.getElementById("passkey-data");
    if (here) return JSON.parse(here.textContent);
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  async function create(form) {
    const made = (await options(form)).creation_options;
    const alone = form.elements.passwordless;
    if (alone && alone.checked) {
      Object.assign(made.publicKey.authenticatorSelection, {
        residentKey: "required",
        requireResidentKey: true,
        userVerification: "required",
      });
    }
    return window.webauthnJSON.create(made);
  }

  async function get(form) {
    return window.webauthnJSON.get((await options(form)).request_options);
  }

  async function send(form) {
    const trouble = form.querySelector("[data-passkey-trouble]");
    trouble.hidden = true;
    try {
      const found = form.dataset.passkey === "create" ? await create(form) : await get(form);
      form.elements.credential.value = JSON.stringify(found);
    } catch {
      trouble.hidden = false;
      return;
    }
    form.submit();
  }

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.querySelector("button[type=button]").addEventListener("click", () => send(form));
    form.addEventListener("submit", (event) => {
      event.preventDefault(); // Enter in the field with the name
      send(form);
    });
  }
})();
