"""The look of the viewer's tools: menus, shortcuts, magnifier, key images, a phone's actions."""

STYLE = """
.actions .q-btn .block { display: block; font-size: 13px; line-height: 1.3; }
/* a caption that is not shown has no size: the library insists on showing it */
.tools .q-btn .block { max-width: 0; max-height: 0; margin-top: -1px; font-size: 11px;
  font-weight: 400; line-height: 14px; color: var(--stage-quiet); overflow: hidden;
  text-overflow: ellipsis; white-space: nowrap; }
.tools .chosen .block { color: inherit; }
.tools .q-btn { padding: 2px 3px; border-radius: 8px; }
.tools .q-btn__content, .actions .q-btn__content { flex-flow: column nowrap; gap: 1px;
  line-height: 1; }
.actions .row .q-btn { border-radius: 10px; }
@media (max-width: 1023px), (min-width: 1400px), (pointer: coarse) {
  .tools .q-btn .block { max-width: 84px; max-height: 14px; margin-top: 0; }
}
/* beside others an image needs its height more than its tools need words */
@media (max-width: 1699px) {
  .tools:not(.alone) .q-btn .block { max-width: 0; max-height: 0; margin-top: -1px; }
}
.tools .rate:empty { display: none; }
.tools .rate { font-size: 12px; font-weight: 600; margin-left: 2px; }
.entry { display: flex; align-items: center; justify-content: space-between; gap: 28px;
  width: 100%; min-height: 44px; padding: 6px 16px; border: 0; background: none; color: inherit;
  font: inherit; text-align: left; cursor: pointer; }
.q-menu .after-line { border-top: 1px solid var(--line); }
.entry:hover, .entry:focus-visible { background: var(--soft); }
.entry[aria-disabled] { color: var(--quiet); cursor: default; }
.entry.chosen { box-shadow: inset 4px 0 0 var(--link); font-weight: 600; }
/* the empty text after the stroke is what is read out: keys are told of elsewhere */
.entry[data-key]::after { content: attr(data-key); content: attr(data-key) / ""; }
kbd, .entry[data-key]::after { display: inline-block; min-width: 26px; padding: 0 7px;
  text-align: center; font: inherit; font-size: 13px; line-height: 1.6; color: var(--quiet);
  background: var(--ground);
  border: 1px solid var(--line); border-radius: 6px; white-space: nowrap; }
.keyed { min-height: 34px; padding-top: 2px; padding-bottom: 2px; }
/* the empty text after the stroke: a button's name is read out once */
@media (hover: hover) {
  .tip:hover:not([aria-expanded="true"])::after { content: attr(aria-label);
    content: attr(aria-label) / ""; position: absolute; z-index: 5990; top: calc(100% + 7px);
    right: 0; width: max-content; max-width: 280px; padding: 6px 10px; border-radius: 4px;
    background: #33434c; color: #fff; font-size: 13px; font-weight: 400; line-height: 1.4;
    text-align: left; white-space: normal; pointer-events: none; }
  .tools .tip:hover::after { right: auto; left: 0; }
  .tools .tip:nth-last-child(-n+9):hover::after { right: 0; left: auto; }
  .tools:hover { position: relative; z-index: 3; }
}
.q-tooltip { z-index: 5990; background: #33434c; color: #fff; font-size: 13px;
  overflow: visible !important; }
@media (pointer: coarse) {
  .keyed { min-height: 44px; }
  .entry[data-key]::after { display: none; }
  .tools .q-btn { min-height: 44px; }
  .side .q-btn, .sheet .q-btn { min-width: 44px; min-height: 44px; }
}
.shortcuts { columns: 2; column-gap: 36px; }
.shortcuts section { break-inside: avoid; margin-bottom: 14px; }
.shortcuts kbd { min-width: 22px; padding: 0 5px; font-size: 12px; }
.shortcuts h3 { font-size: 15px; line-height: 1.4; margin-bottom: 4px; }
.shortcuts dl { margin: 0; }
.shortcuts dl > div { display: flex; justify-content: space-between; align-items: center;
  gap: 14px; padding: 1px 0; border-bottom: 1px solid var(--line); font-size: 14px; }
.shortcuts dt { font-weight: 400; } .shortcuts dd { margin: 0; display: flex; gap: 4px; }
.key-images { display: grid; grid-template-columns: repeat(auto-fill, minmax(132px, 1fr));
  gap: 10px; margin-top: 8px; }
.key-image { position: relative; }
.key-image > .jump { display: block; width: 100%; height: 100%; padding: 6px; text-align: left;
  border: 1px solid var(--line); border-radius: 10px; background: none; color: var(--ink);
  font: inherit; cursor: pointer; }
.key-image > .jump:hover { border-color: var(--link); }
.key-image img { display: block; width: 100%; height: 88px; object-fit: contain;
  background: #000; border-radius: 6px; margin-bottom: 4px; }
.key-image span, .key-image small { display: block; font-size: 13px; line-height: 1.35;
  overflow-wrap: anywhere; }
.key-image small { color: var(--quiet); }
.key-image .q-btn { position: absolute; right: 8px; top: 8px; min-width: 40px; min-height: 40px;
  color: #ffd84d; background: rgb(0 0 0 / 55%); }
/* a page that is not seen plays no animations: so the server learns of it */
.heart { position: absolute; width: 0; height: 0; }
.heart.beating { animation: density-1 1s infinite; }
.loupe { position: absolute; overflow: hidden; border-radius: 50%; background: #000;
  border: 2px solid #f3c69a; box-shadow: 0 6px 24px #000; z-index: 2; }
.sheet-head { position: sticky; top: -18px; z-index: 2; display: flex; align-items: center;
  justify-content: space-between; margin: -18px -18px 0; padding: 8px 8px 4px 18px;
  background: var(--paper); }
.sheet-head h2 { margin: 0 !important; font-size: 19px; }
.sheet > section > h2, .sheet > section > .row > h2 { display: none; }  /* the head has it */
.sheet .report > .row:first-child { margin-bottom: 8px; }
@media (max-width: 599px) { .image-menu > .desk-only:nth-child(2) + .after-line { border: 0; } }
.image-menu.q-menu { max-height: 92dvh !important; }
.whose-menu { white-space: nowrap; max-width: 94vw !important; }
.whose-menu .entry { white-space: normal; min-width: max-content; max-width: 90vw; }
/* it stays above the bar while its parts unfold */
.actions.q-menu { top: auto !important; left: auto !important; right: 0 !important;
  bottom: calc(57px + env(safe-area-inset-bottom)) !important; max-height: 70dvh !important;
  width: min(420px, 100vw); max-width: 100vw !important;
  padding: 8px 12px 10px; background: var(--paper); color: var(--ink); }
.actions .row { min-height: 56px; flex-wrap: nowrap; }
.actions .row .q-btn { min-width: 64px; min-height: 52px; }
.actions .q-expansion-item .q-item { min-height: 52px; padding: 4px 8px; }
.slider-row { display: flex; width: 100%; align-items: center; gap: 22px; min-height: 56px;
  padding: 0 24px 0 10px; }
.slider-row .q-slider { flex: 1; }
.slider-row .q-slider__track, .slider-row .q-slider__thumb { color: var(--link); }
.slider-row .q-icon { font-size: 24px; color: var(--quiet); }
@media (prefers-reduced-motion: reduce) {
  .heart.beating { animation-duration: 1s !important;
    animation-iteration-count: infinite !important; }
}
"""
