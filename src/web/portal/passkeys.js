// Adds a passkey, or logs in by one: asks the server for a challenge, passes it to the device, and sends the answer with
// the form. Pages are complete without it; they then offer passwords and codes alone.
(() => {
  "use strict";
  if (!window.PublicKeyCredential || !navigator.credentials || !window.fetch) return;
  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) =>
    buffer &&
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
  const known = (list) => (list || []).map((one) => Object.assign({}, one, { id: bytes(one.id) }));

  async function answerTo(options, isNew) {
    const publicKey = Object.assign({}, options, { challenge: bytes(options.challenge) });
    if (isNew) {
      publicKey.user = Object.assign({}, options.user, { id: bytes(options.user.id) });
      publicKey.excludeCredentials = known(options.excludeCredentials);
    } else {
      publicKey.allowCredentials = known(options.allowCredentials);
    }
    const key = await navigator.credentials[isNew ? "create" : "get"]({ publicKey });
    const response = { clientDataJSON: text(key.response.clientDataJSON) };
    if (isNew) {
      response.attestationObject = text(key.response.attestationObject);
    } else {
      response.authenticatorData = text(key.response.authenticatorData);
      response.signature = text(key.response.signature);
      response.userHandle = text(key.response.userHandle);
    }
    return { id: key.id, rawId: text(key.rawId), type: key.type, response };
  }

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const failed = form.querySelector("[data-failed]");
    const isNew = form.dataset.passkey === "add";
    let isBusy = false;
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (isBusy) return;
      isBusy = true;
      failed.hidden = true;
      try {
        const body = new URLSearchParams({ token: form.elements.token.value, purpose: form.dataset.passkey });
        const response = await fetch(form.dataset.challenge, { method: "POST", body, credentials: "same-origin" });
        if (!response.ok) throw new Error(String(response.status));
        form.elements.answer.value = JSON.stringify(await answerTo(await response.json(), isNew));
        const stay = document.querySelector("#log-in input[name=stay]");
        if (stay && form.elements.stay) form.elements.stay.value = stay.checked ? "1" : "";
        form.submit();
      } catch {
        failed.hidden = false;
        isBusy = false;
      }
    });
  }
})();
