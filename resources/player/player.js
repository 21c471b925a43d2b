"use strict";
// Steps through a recorded pass. Everything it shows is in the page; it asks no network for anything.
(() => {
  const $ = (id) => document.getElementById(id);
  const SVG = "http://www.w3.org/2000/svg";
  const MOST_ZOOM = 8;
  const READABLE = 0.4; // pixels per unit of the drawing from which letters can be read
  const NEAR = 0.8; // how near a large drawing opens

  // -- content ------------------------------------------------------------------------------------------------------

  async function read() {
    if (typeof DecompressionStream === "undefined") {
      throw new Error("This page needs a browser from 2023 or later.");
    }
    const packed = Uint8Array.from(atob($("content").textContent), (letter) => letter.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    return JSON.parse(await new Response(stream).text());
  }

  /** A reel as the list of element numbers of every position. */
  function unrolled(reel) {
    const lists = [reel.first];
    for (const edits of reel.edits) {
      const list = lists[lists.length - 1].slice();
      for (const [place, gone, fresh] of edits) list.splice(place, gone, ...fresh);
      lists.push(list);
    }
    return { lists, elements: reel.elements, made: new Map() };
  }

  /** The SVG element of a number; made when it is first shown. */
  function element(film, number) {
    let found = film.made.get(number);
    if (!found) {
      const holder = document.createElementNS(SVG, "svg");
      holder.innerHTML = film.elements[number];
      found = holder.firstElementChild;
      film.made.set(number, found);
    }
    return found;
  }

  // -- state --------------------------------------------------------------------------------------------------------

  let data, films, theme, at = 0, timer = 0;
  let view = { x: 0, y: 0, width: 1, height: 1 };

  function show(position) {
    at = Math.min(Math.max(position, 0), data.positions.length - 1);
    const { graph, panels } = films[theme], shown = data.themes[theme].panels;
    $("graph").replaceChildren(...graph.lists[at].map((number) => element(graph, number)));
    $("panel").replaceChildren(...panels.lists[at].map((number) => element(panels, number)));
    $("panel").setAttribute("viewBox", `0 0 ${shown.width} ${shown.heights[at]}`);
    $("said").textContent = shown.texts[at];
    $("now").textContent = data.titles[at];
    $("slider").value = at;
    $("slider").setAttribute("aria-valuetext", data.titles[at]);
    document.documentElement.dataset.position = data.positions[at];
    $("first").disabled = $("back").disabled = at === 0;
    $("last").disabled = $("forward").disabled = at === data.positions.length - 1;
    keepInView(data.now[at]);
  }

  function paint(name) {
    theme = name;
    const { colours, dark, legend } = data.themes[theme];
    document.documentElement.dataset.theme = theme;
    document.documentElement.style.colorScheme = dark ? "dark" : "light";
    for (const [role, colour] of Object.entries(colours)) {
      document.documentElement.style.setProperty(`--${role}`, colour);
    }
    $("legend").innerHTML = legend;
    show(at);
  }

  function nextTheme() {
    const names = Object.keys(data.themes);
    paint(names[(names.indexOf(theme) + 1) % names.length]);
  }

  // -- playing ------------------------------------------------------------------------------------------------------

  function go(position) {
    pause();
    show(position);
  }

  function pause() {
    clearTimeout(timer);
    timer = 0;
    $("play").classList.remove("playing");
    $("play").setAttribute("aria-label", "Play");
  }

  function play() {
    if (timer) return pause();
    if (at === data.positions.length - 1) show(0);
    $("play").classList.add("playing");
    $("play").setAttribute("aria-label", "Pause");
    later();
  }

  function later() {
    timer = setTimeout(() => {
      const end = at === data.positions.length - 1;
      if (end && !$("loop").checked) return pause();
      show(end ? 0 : at + 1);
      if (at === data.positions.length - 1 && !$("loop").checked) return pause();
      later();
    }, (1000 * data.seconds) / Number($("speed").value));
  }

  // -- looking ------------------------------------------------------------------------------------------------------

  function look(x, y, width) {
    const stage = $("graph").getBoundingClientRect();
    const [full] = data.size;
    const ratio = stage.width > 0 ? stage.height / stage.width : 1;
    const least = stage.width / MOST_ZOOM, most = 2 * Math.max(full, data.size[1] / ratio);
    const wanted = Math.min(Math.max(width, least), most);
    view = { x: x - (wanted - width) / 2, y: y - ((wanted - width) * ratio) / 2, width: wanted, height: wanted * ratio };
    $("graph").setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
  }

  function fit() {
    const stage = $("graph").getBoundingClientRect();
    const [width, height] = data.size;
    const ratio = stage.width > 0 ? stage.height / stage.width : 1;
    const wide = Math.max(width, height / ratio, stage.width);
    look((width - wide) / 2, (height - wide * ratio) / 2, wide);
  }

  /** The whole graph where it can be read so, else near what runs. */
  function open() {
    fit();
    const stage = $("graph").getBoundingClientRect();
    if (stage.width / view.width >= READABLE) return;
    const [x, y, width, height] = data.now[at] || data.now.find((box) => box) || [0, 0, ...data.size];
    const wide = stage.width / NEAR, high = wide * (view.height / view.width);
    look(x + width / 2 - wide / 2, y + height / 2 - high / 2, wide);
  }

  function zoom(factor, x = view.x + view.width / 2, y = view.y + view.height / 2) {
    const width = view.width / factor;
    look(x - (x - view.x) / factor, y - (y - view.y) / factor, width);
  }

  function place(event) {
    const stage = $("graph").getBoundingClientRect();
    return [
      view.x + ((event.clientX - stage.left) / stage.width) * view.width,
      view.y + ((event.clientY - stage.top) / stage.height) * view.height,
    ];
  }

  /** Moves the view only where what runs now is out of it. */
  function keepInView(box) {
    if (!box || view.width <= 1) return;
    const [x, y, width, height] = box;
    const inside = x >= view.x && y >= view.y && x + width <= view.x + view.width && y + height <= view.y + view.height;
    if (!inside) look(x + width / 2 - view.width / 2, y + height / 2 - view.height / 2, view.width);
  }

  // -- hands --------------------------------------------------------------------------------------------------------

  const KEYS = {
    Home: () => go(0), ArrowLeft: () => go(at - 1), ArrowRight: () => go(at + 1),
    End: () => go(data.positions.length - 1), " ": play, p: play, t: nextTheme, f: fit,
    "+": () => zoom(1.25), "-": () => zoom(0.8),
  };

  function listen() {
    $("first").onclick = KEYS.Home;
    $("back").onclick = KEYS.ArrowLeft;
    $("play").onclick = play;
    $("forward").onclick = KEYS.ArrowRight;
    $("last").onclick = KEYS.End;
    $("theme").onclick = nextTheme;
    $("closer").onclick = KEYS["+"];
    $("farther").onclick = KEYS["-"];
    $("fit").onclick = fit;
    $("slider").oninput = () => go(Number($("slider").value));
    $("loop").checked = data.loops;
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target.tagName === "SELECT") return;
      const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      // A button in focus is pressed by Space itself.
      if (!act || (event.key === " " && ["BUTTON", "INPUT"].includes(event.target.tagName) && event.target.id !== "slider")) return;
      event.preventDefault();
      act();
    });
    const stage = $("graph");
    stage.addEventListener("wheel", (event) => {
      event.preventDefault();
      zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.002)), ...place(event));
    }, { passive: false });
    let from = null;
    stage.addEventListener("pointerdown", (event) => {
      from = place(event);
      stage.setPointerCapture(event.pointerId);
      stage.classList.add("dragged");
    });
    stage.addEventListener("pointermove", (event) => {
      if (!from) return;
      const [x, y] = place(event);
      look(view.x + from[0] - x, view.y + from[1] - y, view.width);
    });
    for (const end of ["pointerup", "pointercancel"]) {
      stage.addEventListener(end, () => { from = null; stage.classList.remove("dragged"); });
    }
    window.addEventListener("resize", open);
    window.addEventListener("hashchange", () => go(asked()));
  }

  function mark(positions, kind) {
    for (const position of positions) {
      const sign = document.createElement("i");
      const index = data.positions.indexOf(position);
      sign.className = kind;
      sign.style.left = `${(100 * index) / Math.max(data.positions.length - 1, 1)}%`;
      $("marks").append(sign);
    }
  }

  /** The place in `positions` that the address asks for, as in #step=3; else the first. */
  function asked() {
    const found = /step=(\d+)/.exec(location.hash);
    const index = found ? data.positions.indexOf(Number(found[1])) : 0;
    return index < 0 ? 0 : index;
  }

  read().then((found) => {
    data = found;
    films = {};
    for (const [name, part] of Object.entries(data.themes)) {
      films[name] = { graph: unrolled(part.graph), panels: unrolled(part.panels) };
    }
    $("title").textContent = data.title;
    $("call").textContent = data.call;
    $("slider").max = data.positions.length - 1;
    for (const svg of [$("graph"), $("panel")]) {
      for (const [name, value] of Object.entries({
        fill: "none", stroke: "black", "stroke-width": 1, "fill-rule": "evenodd", "stroke-linecap": "square", "stroke-linejoin": "bevel",
      })) svg.setAttribute(name, value);
    }
    mark(data.accumulations, "accumulation");
    mark(data.nonfinite, "nonfinite");
    mark(data.failed, "failed");
    listen();
    at = asked();
    paint(data.theme);
    open();
    document.documentElement.dataset.ready = "yes";
  }).catch((error) => {
    $("problem").textContent = `This pass cannot be shown: ${error.message}`;
    $("problem").hidden = false;
  });
})();
