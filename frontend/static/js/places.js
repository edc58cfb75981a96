// Finding a place while one types: a combobox (ARIA 1.2) over an ordinary search field. Without this script the form finds it too.

const WAIT = 180; // ms after the last key
const field = document.querySelector("input[data-places]");

if (field) {
  const list = document.createElement("ul");
  list.id = "places";
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.placeholder);
  list.hidden = true;
  field.after(list);
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  field.setAttribute("aria-expanded", "false");

  let timer = 0;
  let asking = null;
  let marked = -1;

  const close = () => {
    list.hidden = true;
    list.replaceChildren();
    marked = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };

  // Nor does what was asked for open the list again: an answer may still be on its way.
  const leave = () => {
    clearTimeout(timer);
    asking?.abort();
    close();
  };

  const mark = (index) => {
    const options = [...list.children];
    marked = options.length ? (index + options.length) % options.length : -1;
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === marked)));
    if (marked >= 0) {
      field.setAttribute("aria-activedescendant", options[marked].id);
      options[marked].scrollIntoView({ block: "nearest" });
    }
  };

  const choose = (option) => {
    const here = new URL(location.href);
    here.search = new URLSearchParams({ q: option.dataset.name, place: option.dataset.id });
    location.assign(here);
  };

  const show = (places) => {
    close();
    for (const place of places.slice(0, 8)) {
      const option = document.createElement("li");
      option.id = `place-${place.id}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.id = place.id;
      option.dataset.name = place.name;
      const name = document.createElement("bdi");
      name.textContent = place.name;
      const country = document.createElement("span");
      country.className = "soft";
      country.textContent = place.country_name;
      option.append(name, " ", country);
      option.addEventListener("pointerdown", (event) => event.preventDefault());
      option.addEventListener("click", () => choose(option));
      list.append(option);
    }
    list.hidden = !list.children.length;
    field.setAttribute("aria-expanded", String(!list.hidden));
  };

  const ask = async () => {
    asking?.abort();
    const words = field.value.trim();
    if (words.length < 2) return close();
    asking = new AbortController();
    try {
      const address = new URL(field.dataset.places, location.href);
      address.searchParams.set("q", words.slice(0, 100));
      const answer = await fetch(address, { signal: asking.signal, headers: { Accept: "application/json" } });
      if (answer.ok) show((await answer.json()).results);
    } catch (error) {
      if (error.name !== "AbortError") close(); // the button still finds the place
    }
  };

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && list.hidden) leave();
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      mark(event.key === "ArrowDown" ? marked + 1 : Math.max(marked, 0) - 1);
    } else if (event.key === "Enter" && marked >= 0) {
      event.preventDefault();
      choose(list.children[marked]);
    } else if (event.key === "Escape") {
      event.preventDefault();
      leave();
    }
  });
  field.addEventListener("blur", leave);
}
