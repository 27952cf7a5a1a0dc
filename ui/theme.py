"""The look: teal header, white cards, orange primary button, dark viewer; light and dark."""

from __future__ import annotations

from nicegui import app, ui

from services.settings import Settings
from ui.components.viewer import poster
from ui.styles import (
    account_style,
    room_style,
    sharing_style,
    staff_style,
    stage_style,
    tools_style,
)

STYLE = """
:root {
  --ink: #16242b; --quiet: #52646c; --paper: #ffffff; --ground: #eef3f4; --line: #cfdadd;
  --primary: PRIMARY; --accent: ACCENT; --on-colour: #ffffff; --link: PRIMARY;
  --stage: #0b1013; --stage-ink: #e8eef0; --stage-quiet: #a9b8be; --stage-line: #26323a;
  --soft: #e4eff1; --warn-soft: #fff1e0; --warn-ink: #7a3d00; --danger: #b3261e;
  --ring: var(--accent);
}
body.body--dark {
  --ink: #e7eef0; --quiet: #a6b6bc; --paper: #18232a; --ground: #0f171c; --line: #33434c;
  --link: #6fd0de; --soft: #1f3238; --warn-soft: #3a2a14; --warn-ink: #ffd9a8; --danger: #ff8a80;
  --ring: #ffb066;
}
/* where the focus is; what the library says is important yields only to an earlier layer */
.bar, .card-head { --ring: #ffffff; }
.tools, .strips, .stage, .phone-bar { --ring: #ffb066; }
@layer theme { .no-outline:focus-visible { outline: 3px solid var(--ring) !important; } }
.q-field--focused .q-field__control::after { border: 3px solid var(--ring) !important; }
.tools :focus-visible, .side .jumps :focus-visible, .q-item:focus-visible, .entry:focus-visible,
.languages :focus-visible, .phone-bar :focus-visible, .canvas:focus-visible {
  outline-offset: -3px; }
body { background: var(--ground); color: var(--ink); font-size: 16px; line-height: 1.5;
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
.nicegui-content { padding: 0; gap: 0; width: 100%; display: block; }
.q-page { min-height: 0 !important; }
a, .plain-link { color: var(--link); text-decoration: underline; text-underline-offset: 2px; }
h1, h2, h3, p { margin: 0; }
h1, h2, h3 { overflow-wrap: anywhere; }
h1 { font-size: 26px; font-weight: 700; line-height: 1.25; letter-spacing: 0; }
h2 { font-size: 17px; font-weight: 700; line-height: 1.3; letter-spacing: 0; }
:focus-visible { outline: 3px solid var(--ring); outline-offset: 2px; }
a:focus-visible { border-radius: 4px; }
.q-btn { text-transform: none; letter-spacing: 0; font-weight: 600; border-radius: 8px; }
.q-btn.secondary { color: var(--link); border: 1px solid var(--line); }
.q-btn.link { color: var(--link); }
.q-btn.danger { color: var(--danger); }
.button-like { display: inline-block; margin-top: 12px; padding: 10px 18px; border-radius: 8px;
  background: var(--accent); color: #fff; text-decoration: none; font-weight: 600; }
.row > .button-like { margin-top: 0; }
.q-field--outlined .q-field__control { border-radius: 8px; background: var(--paper); }
.q-field__native, .q-field__label { color: var(--ink); }
.q-field__label { color: var(--quiet); }
.q-field__bottom { font-size: 14px; line-height: 1.35; padding-top: 4px; }
.q-field--error .q-field__messages { color: var(--danger); }
/* hints and errors take the room they need, however many lines they have */
.q-field__bottom--animated { position: static; transform: none; }
.q-field--with-bottom { padding-bottom: 0; }
.q-checkbox { min-height: 36px; }
.q-checkbox.row, .q-radio.row { flex-wrap: nowrap; gap: 4px; }  /* not as our rows of buttons */
.q-checkbox__label { line-height: 1.35; }
.q-notification { max-width: min(560px, 94vw); font-size: 16px; border-radius: 10px; }
@layer theme {  /* the first layer, so that it wins over Quasar's own */
  .q-notification.bg-warning { background: #7a3d00 !important; color: #fff !important; }
  .q-notification.bg-positive { background: #1b5e3a !important; color: #fff !important; }
  .q-notification .q-btn { color: #fff !important; }
}

/* header */
.bar { display: flex; align-items: center; gap: 12px; min-height: 56px; padding: 6px 16px;
  background: var(--primary); color: #fff; }
.bar .name { font-size: 19px; font-weight: 700; color: #fff; text-decoration: none;
  white-space: nowrap; }
.bar .name small { display: block; font-size: 12px; font-weight: 400; line-height: 1.2; }
.bar img.logo { height: 34px; }
.bar .title { flex: 1; min-width: 0; font-weight: 600; line-height: 1.25; overflow: hidden; }
.bar .name + .title:not(:empty) { border-left: 1px solid rgb(255 255 255 / 38%);
  padding-left: 12px; }
.bar .title small { display: block; font-weight: 400; line-height: 1.4; overflow: hidden;
  text-overflow: ellipsis; white-space: nowrap; }
.bar .q-btn { color: #fff; min-width: 44px; min-height: 44px; }
.bar .q-btn.clock { background: #fff; color: #7a3d00; padding: 0 14px; }
.pad { flex: 1; }

/* pages */
.middle { min-height: calc(100dvh - 56px); display: flex; justify-content: center;
  padding: 32px 16px 48px; }
.wide { max-width: 1040px; margin: 0 auto; padding: 28px 16px 64px; }
.wide h1 { margin-bottom: 6px; }
.lead { color: var(--quiet); margin-bottom: 20px; }
.card { background: var(--paper); border: 1px solid var(--line); border-radius: 14px;
  box-shadow: 0 2px 10px rgb(10 40 50 / 8%); padding: 24px; align-self: flex-start; width: 100%; }
.card.narrow { max-width: 440px; }
.card.medium { max-width: 640px; }
.card.large { max-width: 860px; }
.card.headed { padding: 0; overflow: hidden; }
.card-head { background: var(--primary); color: #fff; padding: 14px 24px; font-size: 20px;
  font-weight: 700; display: flex; align-items: center; gap: 8px; }
.card-body { padding: 20px 24px 22px; display: flex; flex-direction: column; gap: 10px; }
.card-title { font-size: 22px; font-weight: 700; margin-bottom: 8px; }
.row { display: flex; align-items: center; gap: 12px; flex-wrap: wrap; }
.row.between { justify-content: space-between; }
.row.end { justify-content: flex-end; }
.quiet { color: var(--quiet); font-size: 15px; }
.note { background: var(--warn-soft); color: var(--warn-ink); border-radius: 10px;
  padding: 12px 14px; }
.info { background: var(--soft); border-radius: 10px; padding: 12px 14px; }
.full { width: 100%; }
.choices.q-option-group { margin-left: 8px; }
.choices.q-option-group > div { display: inline-block; min-width: 46%; margin: 3px 0; }
.steps-list { margin: 0; padding-left: 36px; display: flex; flex-direction: column; gap: 4px; }
.steps-list [aria-current] { font-weight: 600; }
.list { display: flex; flex-direction: column; gap: 10px; }
.exam-row { display: flex; gap: 16px; align-items: center; padding: 14px 18px; color: var(--ink);
  background: var(--paper); border: 1px solid var(--line); border-radius: 12px;
  text-decoration: none; }
.exam-row:hover { border-color: var(--link); }
.exam-row .what { flex: 1; min-width: 0; }
.exam-row .what b { display: block; }
.badge { display: inline-block; min-width: 46px; text-align: center; padding: 5px 8px;
  font-weight: 700; border-radius: 8px; background: var(--soft); color: var(--ink); }
.tag { display: inline-block; padding: 1px 8px; border-radius: 99px; font-size: 13px;
  background: var(--soft); color: var(--ink); }
table.plain { width: 100%; border-collapse: collapse; }
table.plain th, table.plain td { text-align: left; padding: 9px 8px; vertical-align: top;
  border-bottom: 1px solid var(--line); }
table.plain th { color: var(--quiet); font-weight: 600; font-size: 14px; }
.login-foot { display: flex; gap: 22px; align-items: center; margin-top: 18px; }
.login-foot .row { gap: 6px 18px; margin-top: 6px; }
.qr svg { width: 92px; height: 92px; background: #fff; padding: 6px; border-radius: 8px; }
.q-dialog .card { box-shadow: 0 12px 60px rgb(0 0 0 / 35%); }
.q-dialog__inner > .card { max-height: calc(100dvh - 32px); overflow: auto; }
.q-dialog__inner > .card { scroll-padding: 60px 0 76px; }  /* what has the focus is not covered */
.q-dialog .card-head { position: sticky; top: 0; z-index: 1; }
.q-dialog .card-body .row.end { position: sticky; bottom: 0; z-index: 1; padding: 10px 0;
  background: var(--paper); }
.q-dialog__inner > .card, .q-dialog__inner > .sheet { pointer-events: all; align-self: center; }
.steps { display: flex; gap: 8px; font-weight: 600; color: var(--quiet); }
.steps .now { color: var(--ink); border-bottom: 3px solid var(--accent); }
/* viewer */
.viewer, .poster { display: grid; height: 100dvh; background: var(--stage);
  color: var(--stage-ink);
  grid-template: "bar bar bar" auto "tools tools tools" auto "strip stage side" minmax(0, 1fr)
    / 156px minmax(0, 1fr) clamp(372px, 29vw, 440px); }
body:has(.viewer) { overflow: hidden; }
.viewer, .side, .sheet { position: relative; }  /* what is laid absolutely scrolls with them */
.viewer > .bar { grid-area: bar; }
.tools { grid-area: tools; display: flex; align-items: center; gap: 2px; padding: 3px 10px;
  background: #131b20; border-bottom: 1px solid var(--stage-line); flex-wrap: wrap; }
.tools .q-btn { color: var(--stage-ink); min-width: 44px; min-height: 42px; }
.tools .q-btn.chosen { background: #24505a; box-shadow: inset 0 -3px 0 #f0964b; }
.tools .split { width: 1px; height: 26px; background: var(--stage-line); margin: 0 4px;
  flex: none; }
.strip { grid-area: strip; overflow: auto; padding: 10px 8px; display: flex;
  flex-direction: column; gap: 10px; background: #0f1519;
  border-right: 1px solid var(--stage-line); }
.stage { grid-area: stage; position: relative; min-width: 0; min-height: 0; overflow: hidden;
  background: #000; }
.canvas { position: absolute; inset: 0; overflow: hidden; touch-action: none; user-select: none;
  -webkit-user-select: none; cursor: crosshair; outline-offset: -3px; }
.canvas > * { pointer-events: none; }
.canvas > .q-resize-observer { pointer-events: none; }
.layers { position: absolute; left: 0; top: 0; transform-origin: 0 0; }
.layers .base, .layers .detail { position: absolute; left: 0; top: 0; max-width: none; }
.layers .base { width: 100%; height: 100%; object-fit: contain; }
.layers[style*="matrix"] .base { object-fit: fill; }
/* the picture behind is drawn too: what comes forward is on screen at once */
.layers .base:first-child, .layers[data-turned] .base + .base { z-index: 1; }
.layers[data-turned] .base:first-child, .layers .base + .base { z-index: 0; }
.layers .detail { z-index: 2; }
.layers img:not([src]) { visibility: hidden; }  /* a frame is drawn around it otherwise */
/* an animation's name is how a browser tells what screen it has */
.density { position: absolute; width: 0; height: 0; animation: density-1 1ms; }
@media (min-resolution: 1.5dppx) { .density { animation-name: density-2; } }
@media (min-resolution: 2.5dppx) { .density { animation-name: density-3; } }
@keyframes density-1 { to { opacity: .9; } }
@keyframes density-2 { to { opacity: .9; } }
@keyframes density-3 { to { opacity: .9; } }
.marks svg { position: absolute; left: 0; top: 0; }
.marks path { fill: none; stroke-width: 2; stroke: #ffd84d; stroke-linecap: round; }
.marks path.shade { stroke: #000; stroke-width: 4; opacity: .75; }
.marks .under-way path.line { stroke-dasharray: 6 5; }
.marks .selected path.line { stroke: #7fe7ff; stroke-width: 3; }
.marks .selected path.shade { stroke-width: 6; }
.marks .cross path.line { stroke: #ffffff; stroke-width: 2.5; }
.marks .cross path.shade { stroke-width: 6; opacity: .9; }
.marks .handle { fill: #0b1013; stroke: #7fe7ff; stroke-width: 2; }
.marks text { fill: #ffe9a3; font-size: 14px; font-weight: 600; paint-order: stroke;
  stroke: #000; stroke-width: 3px; stroke-linejoin: round; white-space: pre; }
.marks .noted { font-size: 12px; font-weight: 400; }
.corner { position: absolute; font-size: 13px; line-height: 1.4; color: #e8eef0; max-width: 46%;
  text-shadow: 0 0 3px #000, 0 0 6px #000; white-space: pre-line; }
.corner.tl { left: 12px; top: 10px; } .corner.tr { right: 12px; top: 10px; text-align: right; }
.corner.bl { left: 12px; bottom: 10px; }
.corner.br { right: 12px; bottom: 10px; text-align: right; }
.edge { position: absolute; font-weight: 700; color: #f3c69a; text-shadow: 0 0 3px #000; }
.edge.l { left: 12px; top: 50%; } .edge.r { right: 12px; top: 50%; }
.edge.t { top: 8px; left: 50%; } .edge.b { bottom: 8px; left: 50%; }
.lossy { position: absolute; left: 50%; bottom: 30px; transform: translateX(-50%);
  font-size: 12px; padding: 1px 8px; border-radius: 99px; background: rgb(0 0 0 / 60%);
  color: #f3c69a; }
.over { position: absolute; inset: 0; display: flex; align-items: center; justify-content: center;
  padding: 24px; text-align: center; color: var(--stage-ink); }
.over > div { max-width: 440px; background: rgb(20 28 33 / 88%); padding: 18px 22px;
  border-radius: 12px; }
.side { grid-area: side; overflow: auto; background: var(--paper); color: var(--ink);
  border-left: 1px solid var(--stage-line); }
.side section { padding: 16px 18px; border-bottom: 1px solid var(--line); }
.side h2, .sheet h2 { margin-bottom: 8px; }
h3 { font-weight: 700; letter-spacing: 0; }
.sticky { background: var(--warn-soft); color: var(--warn-ink); border-radius: 8px;
  padding: 10px 12px; }
.sticky p { margin: 0 0 6px; }
.sticky .quiet { color: inherit; }
.notes .list { margin-bottom: 12px; }
.report h3 { font-size: 15px; margin: 14px 0 2px; line-height: 1.35; }
.report p { white-space: pre-line; margin: 6px 0; }
.report img { width: 100%; border: 1px solid var(--line); margin-bottom: 8px; background: #fff; }
.measured { display: flex; align-items: center; gap: 4px; border-bottom: 1px solid var(--line); }
.measured > button.jump { flex: 1; min-width: 0; min-height: 44px; padding: 6px 4px; border: 0;
  background: none; color: var(--ink); font: inherit; text-align: left; cursor: pointer; }
.measured.chosen > button.jump { box-shadow: inset 4px 0 0 var(--link); padding-left: 12px; }
.measured b, .measured span, .measured small { display: block; overflow-wrap: anywhere; }
.measured small { color: var(--quiet); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.prior { display: block; padding: 9px 10px; border-radius: 8px; color: var(--ink);
  text-decoration: none; border: 1px solid var(--line); margin-bottom: 8px; }
.prior:hover { border-color: var(--link); }
.prior small { color: var(--quiet); display: block; }
.phone-place { display: none; }
.phone-only { display: none !important; }

@media (max-width: 1023px) and (min-width: 600px) {
  .viewer, .poster { grid-template: "bar bar" auto "tools tools" auto "strip stage" minmax(0, 1fr)
      "side side" minmax(0, 34dvh) / 132px minmax(0, 1fr); }
  .strip .thumb img { height: 76px; }
  .side { border-left: 0; border-top: 1px solid var(--stage-line); }
}
@media (max-width: 599px) {
  .viewer, .poster { grid-template: "bar" auto "stage" minmax(0, 1fr) "phone" auto
      / minmax(0, 1fr); }
  .tools, .strips, .side { display: none; }
  .desk-only { display: none !important; }
  .phone-only { display: inline-flex !important; }
  .phone-place { display: block; grid-area: phone; min-height: 56px; }
  .phone-bar { display: grid; grid-auto-flow: column; grid-auto-columns: minmax(0, 1fr);
    background: #131b20; border-top: 1px solid var(--stage-line);
    padding-bottom: env(safe-area-inset-bottom); }
  .phone-bar .q-btn { color: var(--stage-ink); min-height: 56px; border-radius: 0;
    padding: 4px 2px; font-size: 13px; }
  .bar { padding: 4px 10px; gap: 6px; }
  .bar .name { font-size: 17px; }
  .bar .name + .title:not(:empty) { padding-left: 8px; font-size: 15px; }
  .viewer .bar .name { display: none; }
  .viewer .bar .name + .title:not(:empty) { border-left: 0; padding-left: 0; font-size: 13px; }
  .bar .q-btn { min-width: 40px; padding: 4px; }
  .bar .q-btn.clock { padding: 0 8px; } .bar .q-btn.clock .q-icon { margin-right: 4px; }
  .viewer .bar { gap: 2px; }
  .viewer .bar .title { font-size: 14px; }
  .viewer .bar .title [role=heading] { display: -webkit-box; -webkit-box-orient: vertical;
    -webkit-line-clamp: 2; overflow: hidden; }
  /* the name of a field that is still empty may take two lines */
  .q-field:not(.q-field--float, .q-textarea) .q-field__label { top: 50%;
    transform: translateY(-50%); white-space: normal; line-height: 1.15; }
  .q-textarea .q-field__label { white-space: normal; line-height: 1.15; }
  .corner.tl { display: none; }
  .wide { padding-top: 18px; } .card { padding: 18px; } .middle { padding: 16px 12px; }
  .card.headed { padding: 0; }
  .login-foot { flex-direction: column; align-items: flex-start; gap: 12px; }
  table.plain thead { position: absolute; left: -9999px; }
  table.plain tr { display: block; padding: 8px 0; border-bottom: 1px solid var(--line); }
  table.plain td { display: block; border: 0; padding: 2px 8px; }
  table.plain td[data-label]::before { content: attr(data-label) ": "; color: var(--quiet); }
}
.sheet { background: var(--paper); color: var(--ink); width: 100%; max-width: 100%;
  border-radius: 16px 16px 0 0; padding: 18px; max-height: 78dvh; overflow: auto; }
@media (prefers-reduced-motion: reduce) {
  *, ::before, ::after { animation-duration: .01ms !important; scroll-behavior: auto !important;
    animation-iteration-count: 1 !important; transition-duration: .01ms !important; }
}
"""


def install(settings: Settings) -> None:
    """Give every page the organisation's colours."""
    parts = (room_style, stage_style, tools_style, sharing_style, staff_style, account_style)
    style = STYLE + poster.STYLE + "".join(part.STYLE for part in parts)
    style = style.replace("PRIMARY", settings.primary_colour)
    ui.add_css(style.replace("ACCENT", settings.accent_colour), shared=True)
    app.colors(
        primary=settings.primary_colour, secondary=settings.primary_colour,
        accent=settings.accent_colour, negative="#b3261e",
    )  # fmt: skip
