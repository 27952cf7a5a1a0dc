"""The look of the stage: viewports side by side, reference lines, what is dragged over them."""

from __future__ import annotations

STYLE = """
.strips { grid-area: strip; position: relative; overflow: auto; background: #0f1519;
  border-right: 1px solid var(--stage-line); }
.strip { padding: 10px 8px; display: flex; flex-direction: column; gap: 10px; }
.strip-of + .strip-of { border-top: 4px solid var(--stage-line); }
.strip-exam { margin: 0; padding: 10px 12px 0; font-weight: 700; font-size: 13px;
  line-height: 1.35; color: var(--stage-ink); }
.thumb { flex: none; border: 2px solid transparent; border-radius: 10px; padding: 6px;
  background: #182127; color: var(--stage-ink); text-align: left; cursor: pointer; width: 100%;
  font: inherit; }
.thumb.chosen { border-color: #f0964b; }
.thumb img { display: block; width: 100%; height: 92px; object-fit: contain; background: #000;
  border-radius: 6px; }
.thumb .q-img, .thumb .nicegui-image { height: 92px; background: #000; }
.thumb span { display: block; font-size: 13px; line-height: 1.3; margin-top: 4px;
  overflow-wrap: anywhere; }
.thumb small { color: var(--stage-quiet); font-size: 12px; }
.stage { display: grid; gap: 2px; background: var(--stage-line); }
.stage[data-layout="1×1"] { grid-template: minmax(0, 1fr) / minmax(0, 1fr); }
.stage[data-layout="1×2"] { grid-template: minmax(0, 1fr) / repeat(2, minmax(0, 1fr)); }
.stage[data-layout="2×1"] { grid-template: repeat(2, minmax(0, 1fr)) / minmax(0, 1fr); }
.stage[data-layout="2×2"] { grid-template: repeat(2, minmax(0, 1fr)) / repeat(2, minmax(0, 1fr)); }
.pane { position: relative; overflow: hidden; background: #000; display: none; }
.pane.shown { display: block; }
.pane::after { content: ""; position: absolute; inset: 0; pointer-events: none;
  border: 1px solid transparent; }
.pane.active::after { border: 3px solid #f0964b; }
.pane.over-it::after { border: 3px dashed #7fe7ff; background: rgb(127 231 255 / 12%); }
.stage[data-layout="1×1"] .pane.active:not(.over-it)::after { border-color: transparent; }
.pane:has(:focus-visible)::after { border: 5px solid #ffffff !important; }
.pane-number { position: absolute; z-index: 1; left: 0; top: 0; min-width: 24px; padding: 1px 6px;
  font-size: 13px; font-weight: 700; line-height: 20px; text-align: center; color: #a9b8be;
  background: #131b20; border-bottom-right-radius: 8px; pointer-events: none; }
.pane.active .pane-number { background: #f0964b; color: #16242b; }
.stage[data-layout="1×1"] .pane-number { display: none; }
.stage:not([data-layout="1×1"]) .corner { font-size: 12px; }
.stage:not([data-layout="1×1"]) .corner.tl { left: 36px;
  max-width: calc(50% - 56px); }
.tools.alone .several { display: none; }
@media (min-width: 1024px) and (pointer: fine) {
  .tools .q-btn { min-width: 39px; }
}
.stage:not([data-layout="1×1"]) .corner.tr {
  max-width: calc(50% - 32px); }
/* there for who comes with the tab key */
.to-image { position: absolute; z-index: 3; left: 8px; top: 8px; padding: 8px 16px; border: 0;
  border-radius: 8px; font: inherit; font-weight: 600; background: #fff; color: #16242b; }
.to-image:not(:focus) { width: 1px; height: 1px; padding: 0; overflow: hidden;
  clip-path: inset(50%); }
.keys-hint { position: absolute; z-index: 1; left: 50%; bottom: 56px; transform: translateX(-50%);
  width: max-content; max-width: 92%; padding: 4px 12px; border-radius: 8px; text-align: center;
  font-size: 14px; line-height: 1.4; color: #fff; background: rgb(0 0 0 / 82%);
  pointer-events: none; }
.keys-hint:empty { padding: 0; }
.pane-empty { position: absolute; inset: 0; width: 100%; display: flex; flex-direction: column;
  align-items: center; justify-content: center; gap: 10px; padding: 20px; border: 0; font: inherit;
  text-align: center; color: var(--stage-quiet); background: #0b1013; cursor: pointer; }
.breadth { position: absolute; width: 0; height: 0; animation: breadth-wide 1ms; }
@media (max-width: 599px) { .breadth { animation-name: breadth-narrow; } }
@keyframes breadth-wide { to { opacity: .9; } }
@keyframes breadth-narrow { to { opacity: .9; } }
.lines path { stroke: #7fe7ff; stroke-width: 1.5; }
.lines path.shade { stroke-width: 3.5; opacity: .6; }
.lines .from-2 path:not(.shade) { stroke-dasharray: 14 5; }
.lines .from-3 path:not(.shade) { stroke-dasharray: 4 5; }
.lines .from-4 path:not(.shade) { stroke-dasharray: 12 4 3 4; }
.lines .edge-line path { stroke-width: 1; opacity: .55; stroke-dasharray: 2 6; }
.lines .edge-line path.shade { display: none; }
.lines text { fill: #b8f2ff; font-size: 13px; }
.lines circle { fill: none; stroke: #7fe7ff; stroke-width: 1.5; }
.lines circle.shade { stroke: #000; stroke-width: 4; opacity: .6; }
.prior-row { display: flex; align-items: stretch; gap: 6px; margin-bottom: 8px;
  border-radius: 8px; border: 1px solid var(--line); }
.prior-row:hover { border-color: var(--link); }
.prior-row .prior { flex: 1; min-width: 0; margin-bottom: 0; border: 0; }
.prior-row .q-btn { color: var(--link); min-height: 44px; padding: 0 8px; font-size: 15px; }
@media (max-width: 599px) {
  .pane.shown:not(.active) { display: none; }
  .stage { display: block; }
  .pane { position: absolute; inset: 0; }
}
"""
