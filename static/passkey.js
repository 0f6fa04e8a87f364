/* Passkeys: the forms that need this script are shown by it; it asks the browser and sends its answer as a field. */
"use strict";

const bytes = (text) => {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (char) => char.charCodeAt(0));
};

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const asked = (options) => {
  const known = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));
  const plain = { ...options, challenge: bytes(options.challenge) };
  if (options.user) plain.user = { ...options.user, id: bytes(options.user.id) };
  if (options.excludeCredentials) plain.excludeCredentials = known(options.excludeCredentials);
  if (options.allowCredentials) plain.allowCredentials = known(options.allowCredentials);
  return { publicKey: plain };
};

const told = (credential) => {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  });
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  for (const other of document.querySelectorAll("[data-without-passkey]")) other.hidden = true;
  const failed = form.querySelector("[data-failed]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    failed.hidden = true;
    try {
      const options = asked(JSON.parse(form.dataset.options));
      const credentials = navigator.credentials;
      const act = form.dataset.passkey === "create" ? credentials.create(options) : credentials.get(options);
      form.elements.credential.value = told(await act);
      form.submit();
    } catch (error) {
      failed.hidden = false;
      failed.focus();
    }
  });
}
