/**
 * The only script of these pages: log in, list the user's devices, log them out, change the password.
 *
 * The tokens are kept in sessionStorage, so closing the tab deletes them. All data from the API is put
 * into the page as text, above all the user agent, which the client chooses.
 */

const { api, login: loginPage, devices: devicesPage } = document.body.dataset;
const byId = (id) => document.getElementById(id);
const say = (text) => (byId("message").textContent = text);

/** An error answer of the API. Its status is 0 if there was no answer. */
class Refusal extends Error {
  constructor(status, body = {}, challenge = "") {
    super(body.detail);
    Object.assign(this, { status, body });
    // RFC 9470: the tokens are valid, but the login was too long ago for this request.
    this.asksForLogin = challenge.includes('error="insufficient_user_authentication"');
  }

  get words() {
    if (this.status === 0) return "The site cannot be reached. Please try again.";
    if (this.status === 429) return "That was too often. Please wait a moment, then try again.";
    if (this.status === 503) return "Your login cannot be checked at the moment. Please try again.";
    if (this.status >= 500) return "Something went wrong on the site. Please try again.";
    // Only simplejwt's refusal of a login has no code.
    if (this.status === 401 && !this.body.code) return "The username or the password is wrong.";
    return this.body.detail ?? "That did not work.";
  }
}
class LoggedOut extends Error {}
class Cancelled extends Error {}

// A login is kept as the name of the user and two tokens.

const kept = () => JSON.parse(sessionStorage.getItem("login"));
const keep = (login) => sessionStorage.setItem("login", JSON.stringify({ ...kept(), ...login }));

// A duplicated tab holds the same tokens and needs their successors as well: a refresh token that was
// rotated before looks stolen, and ends the session.
const twins = new BroadcastChannel("successors");
twins.onmessage = ({ data: { of, pair } }) => {
  if (kept()?.refresh === of) keep(pair);
};
function renew(pair) {
  twins.postMessage({ of: kept().refresh, pair });
  keep(pair);
}

function leave(notice) {
  sessionStorage.removeItem("login");
  sessionStorage.setItem("notice", notice);
  location.replace(loginPage);
}

// The API.

async function send(path, { method = "POST", body, access } = {}) {
  const headers = { Accept: "application/json" };
  if (body) headers["Content-Type"] = "application/json";
  if (access) headers.Authorization = `Bearer ${access}`;
  const options = { method, headers, body: JSON.stringify(body), credentials: "omit" };
  const response = await fetch(api + path, options).catch(() => {
    throw new Refusal(0);
  });
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  throw new Refusal(response.status, answer, response.headers.get("WWW-Authenticate") ?? "");
}

/** Send with the access token. After a 401, refresh it once and ask for the password once. */
async function call(path, options) {
  const remedies = { refresh, askForPassword };
  for (;;) {
    const { access } = kept() ?? {};
    try {
      return await send(path, { ...options, access });
    } catch (refusal) {
      if (refusal.status !== 401) throw refusal;
      const name = refusal.asksForLogin ? "askForPassword" : "refresh";
      const remedy = remedies[name];
      delete remedies[name];
      if (remedy) await remedy(access);
      else if (refusal.asksForLogin) throw refusal;
      else throw new LoggedOut();
    }
  }
}

/** Run `act` once at a time. Calls that come meanwhile wait for the same result. */
function once(act) {
  let going = null;
  return () => (going ??= act().finally(() => (going = null)));
}

const exchange = once(async () => {
  try {
    renew(await send("refresh/", { body: { refresh: kept()?.refresh ?? "" } }));
  } catch (refusal) {
    throw [400, 401].includes(refusal.status) ? new LoggedOut() : refusal;
  }
});

async function refresh(refused) {
  // Another call or another tab may have refreshed it meanwhile.
  if (kept()?.access === refused) await exchange();
}

const askForPassword = once(async () => {
  const [dialog, form, old] = [byId("again"), byId("confirm-login"), kept()];
  form.reset();
  form.elements.username.value = old.username;
  byId("again-error").textContent = "";
  dialog.showModal();
  await new Promise((resolve, reject) => {
    dialog.onclose = () => reject(new Cancelled());
    byId("again-cancel").onclick = () => dialog.close();
    const logIn = async (fields) => {
      renew(await send("", { body: fields }));
      // The login started a new session: end the old one. If that fails, the list still shows it.
      await send("logout/", { body: { refresh: old.refresh } }).catch(() => {});
      resolve();
      dialog.close();
    };
    onSubmit(form, logIn, byId("again-error"));
  });
});

// Buttons and forms.

/** Run the action of a button, once at a time, and show the result. */
async function run(button, act, { form, error = byId("error") } = {}) {
  if (button.ariaBusy === "true") return;
  button.ariaBusy = "true";
  say("");
  error.textContent = "";
  try {
    await act();
  } catch (problem) {
    if (problem instanceof LoggedOut) leave("You have been logged out.");
    else if (problem instanceof Cancelled) say("Nothing was changed.");
    else if (!(problem instanceof Refusal)) throw problem;
    else if (!form || !complain(form, problem)) error.textContent = problem.words;
  } finally {
    button.ariaBusy = "false";
  }
}

function onSubmit(form, act, error = byId("error")) {
  form.onsubmit = (event) => {
    event.preventDefault();
    form.querySelectorAll(".complaint").forEach((each) => each.remove());
    form.querySelectorAll("[aria-invalid]").forEach((each) => (each.ariaInvalid = null));
    const send = () => act(Object.fromEntries(new FormData(form)));
    run(form.querySelector(".primary"), send, { form, error });
  };
}

/** Show each error beside its field; return whether there is such a field. */
function complain(form, { status, body }) {
  const wrong = Object.keys(body).filter((name) => status === 400 && form.elements[name]);
  for (const name of wrong) {
    const [field, complaint] = [form.elements[name], document.createElement("p")];
    Object.assign(complaint, { className: "complaint", id: `${field.id}-complaint` });
    complaint.textContent = body[name].join(" ");
    field.ariaInvalid = "true";
    field.setAttribute("aria-describedby", complaint.id);
    field.after(complaint);
  }
  const first = wrong.length ? form.elements[wrong[0]] : form.querySelector("[type=password]");
  first.select();
  return wrong.length > 0;
}

/** Replace the button by a question, and run `act` only after a yes. */
function onConfirmed(button, question, act) {
  button.onclick = () => {
    const box = clone("confirmation");
    const [yes, no] = [box.querySelector(".yes"), box.querySelector(".no")];
    const close = () => {
      box.replaceWith(button);
      button.focus();
    };
    box.querySelector("p").textContent = box.ariaLabel = question;
    box.onkeydown = ({ key }) => key === "Escape" && close();
    no.onclick = close;
    yes.onclick = () =>
      run(yes, async () => {
        const done = await act();
        close();
        // The button may have been removed with its session.
        byId("heading").focus();
        say(done);
      });
    button.replaceWith(box);
    no.focus();
  };
}

const clone = (id) => byId(id).content.firstElementChild.cloneNode(true);

// The list.

// The first match counts: most user agents name other browsers and systems as well.
const BROWSERS = {
  Edge: /\bEdg(e|A|iOS)?\//,
  Opera: /\bOPR\//,
  "Samsung Internet": /\bSamsungBrowser\//,
  Firefox: /\b(Firefox|FxiOS)\//,
  Chrome: /(Chrome|\bCriOS)\//,
  Safari: /\bVersion\/.*\bSafari\//,
};
const SYSTEMS = {
  iPhone: /\biPhone\b/,
  iPad: /\biPad\b/,
  Android: /\bAndroid\b/,
  Windows: /\bWindows NT\b/,
  ChromeOS: /\bCrOS\b/,
  macOS: /\bMac OS X\b/,
  Linux: /\bLinux\b/,
};
const PHONES = ["iPhone", "iPad", "Android"];

/** Name a device by its user agent. An unknown user agent is shown as it is. */
function describe(agent) {
  const [browser, system] = [BROWSERS, SYSTEMS].map((table) =>
    Object.keys(table).find((name) => table[name].test(agent)),
  );
  if (!browser || !system) return { name: agent || "Unknown device", icon: "program" };
  return { name: `${browser} on ${system}`, icon: PHONES.includes(system) ? "phone" : "computer" };
}

const UNITS = { year: 31_557_600, month: 2_629_800, day: 86_400, hour: 3_600, minute: 60 };
const relative = new Intl.RelativeTimeFormat("en");

function time(moment) {
  const element = document.createElement("time");
  const seconds = (Date.now() - new Date(moment)) / 1000;
  const unit = Object.keys(UNITS).find((each) => seconds >= UNITS[each]);
  element.dateTime = moment;
  element.title = new Date(moment).toLocaleString("en", { dateStyle: "long", timeStyle: "short" });
  element.textContent = unit
    ? relative.format(-Math.floor(seconds / UNITS[unit]), unit)
    : "just now";
  return element;
}

function row(session) {
  const item = clone("session");
  const part = (selector) => item.querySelector(selector);
  const { name, icon } = describe(session.device);
  part("use").setAttribute("href", `#${icon}`);
  part(".name span").textContent = name;
  part(".name span").title = session.device;
  part(".address").textContent = session.ip_address ?? "";
  part(".since").append("Logged in ", time(session.created_at));
  if (session.is_current) {
    part(".active").textContent = "Active now";
    part(".end").remove();
    return item;
  }
  part(".badge").remove();
  part(".active").append("Active ", time(session.last_used_at));
  part(".end").ariaLabel = `Log out ${name}`;
  onConfirmed(part(".end"), `Log out ${name}?`, async () => {
    await call(`sessions/${session.sid}/`, { method: "DELETE" });
    await showSessions();
    return `${name} is logged out.`;
  });
  return item;
}

const [list, others] = [byId("sessions"), byId("logout-others")];

async function showSessions() {
  // Requested even without a list: the answer tells whether the tokens are still valid.
  const sessions = await call("sessions/", { method: "GET" });
  if (!list) return;
  sessions.sort((one, other) => other.is_current - one.is_current);
  list.replaceChildren(...sessions.map(row));
  list.ariaBusy = "false";
  others.hidden = sessions.every((each) => each.is_current);
}

function startDevices() {
  if (!kept()) return location.replace(loginPage);
  const [logout, reload, form] = ["logout", "reload", "change-password"].map(byId);
  byId("who").textContent = form.elements.username.value = kept().username;
  logout.onclick = () =>
    run(logout, async () => {
      await send("logout/", { body: { refresh: kept().refresh } }).catch((refusal) => {
        // An expired token, or one without a session, has no session to end.
        if (![400, 401].includes(refusal.status)) throw refusal;
      });
      leave("You are logged out on this device.");
    });
  onSubmit(form, async ({ old_password, new_password }) => {
    renew(await call("password/", { body: { old_password, new_password } }));
    form.reset();
    await showSessions();
    say("Your password is changed. All your other devices are logged out.");
  });
  if (reload) {
    reload.onclick = () => run(reload, showSessions);
    onConfirmed(others, "Log out all your other devices?", async () => {
      await call("logout-others/");
      await showSessions();
      return "All your other devices are logged out.";
    });
  }
  return run(reload ?? logout, showSessions);
}

function startLogin() {
  if (kept()) return location.replace(devicesPage);
  say(sessionStorage.getItem("notice") ?? "");
  sessionStorage.removeItem("notice");
  onSubmit(byId("login"), async (fields) => {
    const pair = await send("", { body: fields });
    keep({ username: fields.username, ...pair });
    location.replace(devicesPage);
  });
}

if (byId("login")) startLogin();
else startDevices();
