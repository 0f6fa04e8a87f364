/* Lets one draw a signature: strokes become a path in the form's hidden field. Without it the typed name is enough. */
"use strict";

for (const place of document.querySelectorAll("[data-draw]")) {
  const field = place.closest("form").elements[place.dataset.draw];
  const canvas = place.querySelector("canvas");
  const pen = canvas.getContext("2d");
  const STROKES = 60, POINTS = 2000, NEAR = 3; // as many as the server takes; nearer points add nothing
  let strokes = (field.value.match(/M[^M]+/g) || []).map((path) => path.slice(1).split("L").map((at) => at.split(" ").map(Number)));
  let drawing = false;

  place.hidden = false;
  pen.lineWidth = 4;
  pen.lineCap = pen.lineJoin = "round";
  show(); // what was drawn before the form was refused
  canvas.addEventListener("pointerdown", (event) => {
    if (strokes.length >= STROKES) return;
    drawing = true;
    canvas.setPointerCapture(event.pointerId);
    strokes.push([at(event)]);
    show();
  });
  canvas.addEventListener("pointermove", (event) => {
    const last = drawing && strokes[strokes.length - 1];
    if (!last || last.length >= POINTS) return;
    const point = at(event), before = last[last.length - 1];
    if (Math.hypot(point[0] - before[0], point[1] - before[1]) < NEAR) return;
    last.push(point);
    show();
  });
  for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => { drawing = false; });
  place.querySelector("button").addEventListener("click", () => { strokes = []; show(); });

  function at(event) {
    const box = canvas.getBoundingClientRect();
    const inside = (value, most) => Math.round(Math.min(Math.max(value, 0), 1) * most);
    return [inside((event.clientX - box.left) / box.width, 600), inside((event.clientY - box.top) / box.height, 200)];
  }

  function show() {
    pen.strokeStyle = getComputedStyle(canvas).color;
    pen.clearRect(0, 0, canvas.width, canvas.height);
    for (const stroke of strokes) {
      pen.beginPath();
      pen.moveTo(...stroke[0]);
      for (const point of stroke.slice(1)) pen.lineTo(...point);
      if (stroke.length === 1) pen.lineTo(...stroke[0]);
      pen.stroke();
    }
    const something = strokes.some((stroke) => stroke.length > 1); // a tap alone is no signature; beside one it is a dot
    const path = (stroke) => (stroke.length > 1 ? stroke : [stroke[0], stroke[0]]).map((point) => point.join(" ")).join("L");
    field.value = something ? strokes.map((stroke) => "M" + path(stroke)).join("") : "";
  }
}
