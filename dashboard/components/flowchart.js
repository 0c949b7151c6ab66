// Shows the drawing that Python made, and reports which step or arrow was pressed. Zoom: buttons, or Ctrl and the
// wheel; move: drag, or the scroll bars. Zoom and place stay as they are when another drawing of the chart arrives.
export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector('.fm');
  const sheet = root.querySelector('.sheet');
  root.className = 'fm ' + data.theme;
  root.style.setProperty('--tall', data.height + 'px');
  const focused = parentElement.activeElement ?? root.getRootNode().activeElement;
  const pressedBefore = focused?.dataset?.element;
  if (sheet.dataset.svg !== data.svg) {
    sheet.innerHTML = data.svg;
    sheet.dataset.svg = data.svg;
    const again = [...sheet.querySelectorAll('[data-element]')].find((one) => one.dataset.element === pressedBefore);
    again?.focus({ preventScroll: true });
  }
  const drawing = sheet.querySelector('svg');
  const natural = drawing.viewBox.baseVal.width;
  const fitting = () => Math.min(1, (sheet.clientWidth - 2) / natural);
  const zoomed = (scale) => {
    const bounded = Math.min(3, Math.max(0.15, scale));
    const [x, y] = [sheet.scrollLeft + sheet.clientWidth / 2, sheet.scrollTop + sheet.clientHeight / 2];
    const before = Number(sheet.dataset.scale) || bounded;
    sheet.dataset.scale = bounded;
    drawing.style.width = natural * bounded + 'px';
    sheet.scrollLeft = (x * bounded) / before - sheet.clientWidth / 2;
    sheet.scrollTop = (y * bounded) / before - sheet.clientHeight / 2;
  };
  if (sheet.dataset.scale) drawing.style.width = natural * Number(sheet.dataset.scale) + 'px';
  else {
    zoomed(fitting());
    // What is chosen is in sight from the start, with what leads to it.
    const chosen = drawing.querySelector('.selected')?.getBoundingClientRect();
    const below = chosen ? chosen.bottom - sheet.getBoundingClientRect().bottom + 24 : 0;
    if (below > 0) sheet.scrollTop += below;
  }

  const press = (target) => {
    const element = target.closest?.('[data-element]');
    if (element) setTriggerValue('element', element.dataset.element);
    return Boolean(element);
  };
  let from = null;
  let moved = false;
  sheet.onpointerdown = (event) => {
    if (event.pointerType === 'mouse' && event.button === 0)
      from = { x: event.clientX + sheet.scrollLeft, y: event.clientY + sheet.scrollTop, event };
    moved = false;
  };
  sheet.onpointermove = (event) => {
    if (!from) return;
    if (!(event.buttons & 1)) return void (from = null);
    const distance = Math.hypot(event.clientX - from.event.clientX, event.clientY - from.event.clientY);
    moved = moved || distance > 4;
    sheet.classList.toggle('moving', moved);
    if (moved) [sheet.scrollLeft, sheet.scrollTop] = [from.x - event.clientX, from.y - event.clientY];
  };
  sheet.onpointerup = sheet.onpointerleave = () => {
    from = null;
    sheet.classList.remove('moving');
  };
  sheet.onclick = (event) => {
    if (!moved) press(event.target);
  };
  sheet.onkeydown = (event) => {
    if ((event.key === 'Enter' || event.key === ' ') && press(event.target)) event.preventDefault();
  };
  sheet.onwheel = (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoomed(Number(sheet.dataset.scale) * (event.deltaY < 0 ? 1.15 : 1 / 1.15));
  };
  root.querySelector('.tools').onclick = (event) => {
    const factor = { in: 1.25, out: 0.8 }[event.target.dataset.zoom];
    if (factor) zoomed(Number(sheet.dataset.scale) * factor);
    else if (event.target.dataset.zoom === 'fit') zoomed(fitting());
  };
}
